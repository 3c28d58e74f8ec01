internal import Documents

extension TableReader {
  /// Members that every row has, whatever its value.
  static let rowMembers = ["from", "to", "source", "status"]

  /// The rows of an entry as a series without gap or overlap.
  mutating func series<Value>(
    of entry: DocumentNode, table: String, key: String, members: [String],
    value: (inout TableReader, DocumentNode) -> Value?
  ) -> DatedSeries<Value>? {
    let nodes = list("rows", of: entry)
    var rows: [ReferenceRow<Value>] = []
    for node in nodes {
      checkMembers(of: node, Self.rowMembers + members)
      let period = period(of: node)
      let citation = citation(of: node)
      let status = word("status", of: node, RowStatus.self)
      let value = value(&self, node)
      if let period, let citation, let status, let value {
        rows.append(ReferenceRow(period: period, value: value, citation: citation, status: status))
      }
    }
    // A row that could not be read would look like a gap.
    guard !nodes.isEmpty, rows.count == nodes.count else { return nil }
    do {
      return try DatedSeries(table: table, key: key, rows: rows)
    } catch {
      switch error {
      case .overlap(let a, let b): add(.overlap, at: nodes[b], ["with": .string(rows[a].period.description)])
      case .gap(let a, let b): add(.gap, at: nodes[b], ["after": .string(rows[a].period.description)])
      }
      return nil
    }
  }
}
