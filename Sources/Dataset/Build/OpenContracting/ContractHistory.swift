internal import Formats
internal import Foundation

/// A payment as an Open Contracting record tells it.
struct RecordedPayment {
  var id: String
  var instant: Int64
  var amount: Int64
  /// The implementation milestone it is linked to.
  var milestone: String?
}

/// A contract over all releases of its record, merged in order of their dates.
struct ContractHistory {
  var ocid: String
  var id: String
  var buyer: String
  var supplier: String
  var currency = ""
  /// When the contract began; the release's date where it does not say.
  var signed: Int64
  /// Values in order of time: the first is what was signed, each further one an amendment.
  var values: [(instant: Int64, amount: Int64)] = []
  var status = ""
  /// Date of the newest release.
  var latest: Int64
  /// Implementation milestones in order, with their status.
  var milestones: [(id: String, status: String)] = []
  /// Approval milestones of the contract itself that are met.
  var approvalCount = 0
  var payments: [RecordedPayment] = []
  /// Ids of the payments.
  var paymentIDs: Set<String> = []
}

/// Reads Open Contracting packages: records, releases, or a single record.
struct OpenContractingReader {
  private(set) var contracts: [String: ContractHistory] = [:]
  private(set) var order: [String] = []
  private(set) var rejects: [InputReject] = []
  private(set) var releaseCount = 0

  /// Reads a file, or every `.json` file of a folder in order of name.
  ///
  /// - Throws: `InputError` when nothing there is an Open Contracting document.
  mutating func read(path: String) throws(InputError) {
    var isFolder: ObjCBool = false
    // The flag outlives the call that sets it.
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputError(path: path, reason: "is not there")
    }
    var releases: [(instant: Int64, release: JSONValue)] = []
    if isFolder.boolValue {
      let names = (FileManager.default.subpaths(atPath: path) ?? []).filter { $0.hasSuffix(".json") }.sorted()
      for name in names { releases += Self.releases(of: try JSONValue(path: "\(path)/\(name)")) }
    } else {
      releases = Self.releases(of: try JSONValue(path: path))
    }
    guard !releases.isEmpty else { throw InputError(path: path, reason: "holds no Open Contracting release") }
    // A stable order: of one date, the one read first.
    let sorted = releases.indices.sorted { (releases[$0].instant, $0) < (releases[$1].instant, $1) }
    for index in sorted { merge(releases[index].release, at: releases[index].instant) }
    releaseCount = releases.count
  }

  /// Every release with content in a document; of a record whose releases are only links, the compiled one.
  private static func releases(of document: JSONValue) -> [(instant: Int64, release: JSONValue)] {
    if let records = document["records"] { return records.elements.flatMap(releases(ofRecord:)) }
    if document["compiledRelease"] != nil { return releases(ofRecord: document) }
    return (document["releases"]?.elements ?? []).compactMap(dated)
  }

  private static func releases(ofRecord record: JSONValue) -> [(instant: Int64, release: JSONValue)] {
    let embedded = (record["releases"]?.elements ?? []).filter { $0["url"] == nil }
    return (embedded + [record["compiledRelease"]].compactMap { $0 }).compactMap(dated)
  }

  private static func dated(_ release: JSONValue) -> (instant: Int64, release: JSONValue)? {
    guard let date = release["date"]?.text, let instant = InstantText.iso(date) else { return nil }
    return (instant, release)
  }

  private mutating func merge(_ release: JSONValue, at instant: Int64) {
    let ocid = release["ocid"]?.text ?? ""
    let buyer = release["buyer"]?["id"]?.text ?? release["buyer"]?["name"]?.text ?? "buyer"
    for contract in release["contracts"]?.elements ?? [] {
      guard let id = contract["id"]?.text else {
        rejects.append(InputReject(line: 0, field: "contracts/id", reason: "is missing in \(ocid)"))
        continue
      }
      let key = "\(ocid)|\(id)"
      if contracts[key] == nil {
        let signed = contract["dateSigned"]?.text ?? contract["period"]?["startDate"]?.text
        contracts[key] = ContractHistory(
          ocid: ocid, id: id, buyer: buyer, supplier: Self.supplier(of: contract, in: release),
          signed: signed.flatMap { InstantText.iso($0) } ?? instant, latest: instant)
        order.append(key)
      }
      guard var history = contracts[key] else { continue }
      history.latest = max(history.latest, instant)
      merge(contract, into: &history, at: instant)
      contracts[key] = history
    }
  }

  private mutating func merge(_ contract: JSONValue, into history: inout ContractHistory, at instant: Int64) {
    if let status = contract["status"]?.text { history.status = status }
    if let currency = contract["value"]?["currency"]?.text { history.currency = currency }
    let decimals = Self.decimals(of: history.currency)
    if let text = contract["value"]?["amount"]?.text {
      if let amount = MoneyText.amount(text, decimals: decimals) {
        if history.values.last?.amount != amount { history.values.append((instant, amount)) }
      } else {
        rejects.append(
          InputReject(
            line: 0, field: "contracts/value/amount", reason: "'\(text.prefix(40))' in \(history.ocid) is no sum"))
      }
    }
    history.approvalCount = max(
      history.approvalCount,
      (contract["milestones"]?.elements ?? []).filter { $0["type"]?.text == "approval" && $0["status"]?.text == "met" }
        .count)
    let implementation = contract["implementation"]
    for milestone in implementation?["milestones"]?.elements ?? [] {
      guard let id = milestone["id"]?.text else { continue }
      let status = milestone["status"]?.text ?? "scheduled"
      if let place = history.milestones.firstIndex(where: { $0.id == id }) {
        history.milestones[place].status = status
      } else if history.milestones.count == DatasetSink.partCountMax {
        rejects.append(tooMany("milestones", history))
      } else {
        history.milestones.append((id, status))
      }
    }
    for (index, transaction) in (implementation?["transactions"]?.elements ?? []).enumerated() {
      // Older records have the sum straight in `value` or under `amount`, and no ids.
      let value =
        transaction["value"]?["amount"] ?? transaction["value"] ?? transaction["amount"]?["amount"]
        ?? transaction["amount"]
      let id = transaction["id"]?.text ?? "transaction \(index + 1)"
      guard !history.paymentIDs.contains(id) else { continue }
      guard history.payments.count < DatasetSink.partCountMax else {
        rejects.append(tooMany("transactions", history))
        continue
      }
      guard let text = value?.text, let amount = MoneyText.amount(text, decimals: decimals), amount > 0 else {
        rejects.append(
          InputReject(
            line: 0, field: "transactions/value", reason: "of \(id) in \(history.ocid) is no sum that was paid"))
        continue
      }
      history.paymentIDs.insert(id)
      history.payments.append(
        RecordedPayment(
          id: id, instant: transaction["date"]?.text.flatMap { InstantText.iso($0) } ?? instant, amount: amount,
          milestone: transaction["relatedImplementationMilestone"]?["id"]?.text))
    }
  }

  private func tooMany(_ field: String, _ history: ContractHistory) -> InputReject {
    InputReject(line: 0, field: field, reason: "of \(history.ocid) are more than \(DatasetSink.partCountMax)")
  }

  private static func supplier(of contract: JSONValue, in release: JSONValue) -> String {
    func name(_ suppliers: JSONValue?) -> String? {
      let first = suppliers?.elements.first ?? suppliers
      return first?["id"]?.text ?? first?["name"]?.text
    }
    if let own = name(contract["suppliers"]) { return own }
    let award = contract["awardID"]?.text
    let matching = (release["awards"]?.elements ?? []).first { $0["id"]?.text == award }
    return name(matching?["suppliers"]) ?? "supplier"
  }

  /// Minor units of a currency that has none, or two: ISO 4217.
  private static func decimals(of currency: String) -> Int {
    ["PYG", "JPY", "KRW", "CLP", "VND", "UGX", "XAF", "XOF", "RWF", "ISK"].contains(currency) ? 0 : 2
  }
}
