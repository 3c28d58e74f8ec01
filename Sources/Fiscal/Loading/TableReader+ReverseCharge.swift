internal import Documents

extension TableReader {
  mutating func reverseCharge(_ entry: DocumentNode, _ table: inout ReverseChargeTable) {
    let parties = ["supplier", "supplier-not", "recipient", "recipient-not"]
    checkMembers(of: entry, ["key", "what", "codes", "rows"] + parties)
    guard let key = newKey(of: entry, table.rules), let what = text("what", of: entry),
      let codes = codes(of: entry), let supplier = wanted("supplier", of: entry),
      let recipient = wanted("recipient", of: entry)
    else { return }
    let members = ["supplier-not", "recipient-not"]
    let series = series(of: entry, table: table.rules.name, key: key, members: members) { reader, row in
      // A row narrows what its entry says.
      guard let notSupplier = reader.traits("supplier-not", of: row),
        let notRecipient = reader.traits("recipient-not", of: row)
      else { return ReverseChargeRule?.none }
      var (supplier, recipient) = (supplier, recipient)
      supplier.noneOf.formUnion(notSupplier)
      recipient.noneOf.formUnion(notRecipient)
      return ReverseChargeRule(key: key, what: what, codes: codes, supplier: supplier, recipient: recipient)
    }
    if let series { table.insert(series) }
  }

  private mutating func wanted(_ name: String, of entry: DocumentNode) -> ReverseChargeRule.Wanted? {
    guard let anyOf = traits(name, of: entry), let noneOf = traits("\(name)-not", of: entry) else { return nil }
    return ReverseChargeRule.Wanted(anyOf: anyOf, noneOf: noneOf)
  }

  /// Traits of a list that may be left out; nil for a fault.
  private mutating func traits(_ name: String, of node: DocumentNode) -> Set<PartyTrait>? {
    guard node.member(name) != nil else { return [] }
    var traits: Set<PartyTrait> = []
    for element in list(name, of: node) {
      guard let trait = element.string.flatMap(PartyTrait.init(rawValue:)) else {
        add(.unknownWord, at: element, ["known": .array(PartyTrait.allCases.map { .string($0.rawValue) })])
        return nil
      }
      traits.insert(trait)
    }
    return traits.isEmpty ? nil : traits
  }

  /// Prefixes of codes of a list that may be left out; nil for a fault.
  private mutating func codes(of entry: DocumentNode) -> [CommodityCode]? {
    guard entry.member("codes") != nil else { return [] }
    var codes: [CommodityCode] = []
    for element in list("codes", of: entry) {
      guard let code = element.string.flatMap(CommodityCode.prefix) else {
        add(.notACode, at: element)
        return nil
      }
      codes.append(code)
    }
    return codes.isEmpty ? nil : codes
  }
}
