internal import Documents

extension TableReader {
  mutating func gstRates(_ entry: DocumentNode, _ table: inout GSTRateTable) {
    checkMembers(of: entry, ["code", "qualifier", "rows"])
    guard let code = text("code", of: entry), let qualifier = optionalText("qualifier", of: entry) else { return }
    guard let prefix = CommodityCode.prefix(code) else { return add(.notACode, at: entry.member("code") ?? entry) }
    let key = qualifier.map { "\(code) \($0)" } ?? code
    guard table.series[GSTRateTable.Key(prefix: prefix, qualifier: qualifier)] == nil else {
      return add(.duplicateKey, at: entry, ["key": .string(key)])
    }
    let members = ["percent", "exempt", "no-input-credit", "condition"]
    let series = series(of: entry, table: GSTRateTable.name, key: key, members: members) { reader, row in
      guard let isExempt = reader.flag("exempt", of: row), let noCredit = reader.flag("no-input-credit", of: row),
        let condition = reader.optionalText("condition", of: row)
      else { return GSTRate?.none }
      guard isExempt || row.member("percent") != nil else {
        reader.add(.missingMember, at: row, ["name": "percent"])
        return nil
      }
      guard !isExempt || row.member("percent") == nil else {
        reader.add(.unknownMember, at: row, ["name": "percent"])
        return nil
      }
      guard let rate = isExempt ? 0 : reader.percent("percent", of: row) else { return nil }
      return GSTRate(
        basisPoints: rate, isExempt: isExempt, allowsInputCredit: !noCredit, condition: condition ?? "")
    }
    if let series { table.insert(series, prefix: prefix, qualifier: qualifier) }
  }

  mutating func tdsRates(_ entry: DocumentNode, _ table: inout TDSTable) {
    checkMembers(of: entry, ["key", "section-1961", "section-2025", "what", "missing-pan", "rows"])
    guard let key = newKey(of: entry, table.rules), let old = text("section-1961", of: entry),
      let new = text("section-2025", of: entry), let what = text("what", of: entry)
    else { return }
    let missing = entry.member("missing-pan") == nil ? "default" : text("missing-pan", of: entry) ?? "default"
    let members = [
      "act", "percent-individual", "percent-other", "single-rupees", "threshold-rupees", "threshold-period",
      "threshold-for-individuals", "excess",
    ]
    let series = series(of: entry, table: table.rules.name, key: key, members: members) { reader, row in
      guard let act = reader.word("act", of: row, TDSRule.Act.self),
        let individual = reader.percent("percent-individual", of: row),
        let other = reader.percent("percent-other", of: row),
        let single = reader.optionalRupees("single-rupees", of: row),
        let threshold = reader.optionalRupees("threshold-rupees", of: row),
        let period = reader.word("threshold-period", of: row, TDSRule.ThresholdPeriod.self),
        let onlyIndividuals = reader.flag("threshold-for-individuals", of: row),
        let onlyExcess = reader.flag("excess", of: row)
      else { return TDSRule?.none }
      return TDSRule(
        act: act, section1961: old, section2025: new, what: what, rateForIndividuals: individual, rateForOthers: other,
        singleThreshold: single, threshold: threshold, thresholdPeriod: period,
        thresholdIsForIndividuals: onlyIndividuals, base: onlyExcess ? .excess : .whole, missingPANKey: missing)
    }
    if let series { table.insert(series) }
  }

  /// One member of each row is named for its unit: `percent`, `rupees`, or a unit of `Quantity`.
  mutating func quantities(_ entry: DocumentNode, _ table: inout DatedTable<Quantity>) {
    checkMembers(of: entry, ["key", "rows"])
    guard let key = newKey(of: entry, table) else { return }
    let counted: [Quantity.Unit] = [.days, .hours, .kilometres, .digits, .months, .years]
    let members = ["percent", "rupees"] + counted.map(\.rawValue)
    let series = series(of: entry, table: table.name, key: key, members: members) { reader, row in
      let present = members.filter { row.member($0) != nil }
      guard present.count == 1, let name = present.first else {
        reader.add(.notOneValue, at: row, ["known": .array(members.map { .string($0) })])
        return Quantity?.none
      }
      switch name {
      case "percent": return reader.percent(name, of: row).map { Quantity(amount: Int64($0), unit: .basisPoints) }
      case "rupees": return reader.rupees(name, of: row).map { Quantity(amount: $0, unit: .paise) }
      default:
        guard let unit = Quantity.Unit(rawValue: name) else { return nil }
        return reader.count(name, of: row).map { Quantity(amount: $0, unit: unit) }
      }
    }
    if let series { table.insert(series) }
  }

  mutating func enterpriseClasses(_ entry: DocumentNode, _ table: inout DatedTable<EnterpriseLimits>) {
    checkMembers(of: entry, ["key", "rows"])
    guard let key = newKey(of: entry, table) else { return }
    guard EnterpriseClass(rawValue: key) != nil else {
      let known = EnterpriseClass.allCases.map { JSONValue.string($0.rawValue) }
      return add(.unknownWord, at: entry.member("key") ?? entry, ["known": .array(known)])
    }
    let members = ["investment-rupees", "turnover-rupees"]
    let series = series(of: entry, table: table.name, key: key, members: members) { reader, row in
      guard let investment = reader.rupees("investment-rupees", of: row),
        let turnover = reader.rupees("turnover-rupees", of: row)
      else { return EnterpriseLimits?.none }
      return EnterpriseLimits(investment: investment, turnover: turnover)
    }
    if let series { table.insert(series) }
  }

  mutating func railLimits(_ entry: DocumentNode, _ table: inout DatedTable<RailLimits>) {
    checkMembers(of: entry, ["key", "rows"])
    guard let key = newKey(of: entry, table) else { return }
    let members = ["least-rupees", "largest-rupees", "day-rupees"]
    let series = series(of: entry, table: table.name, key: key, members: members) { reader, row in
      guard let least = reader.optionalRupees("least-rupees", of: row),
        let largest = reader.optionalRupees("largest-rupees", of: row),
        let day = reader.optionalRupees("day-rupees", of: row)
      else { return RailLimits?.none }
      return RailLimits(least: least, largest: largest, largestInDay: day)
    }
    if let series { table.insert(series) }
  }

  /// The key of an entry, unless there was one of that name before.
  mutating func newKey<Value>(of entry: DocumentNode, _ table: DatedTable<Value>) -> String? {
    guard let key = text("key", of: entry) else { return nil }
    guard table.series[key] == nil else {
      add(.duplicateKey, at: entry.member("key") ?? entry, ["key": .string(key)])
      return nil
    }
    return key
  }
}
