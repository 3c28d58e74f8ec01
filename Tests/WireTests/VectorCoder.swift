import Foundation
import Kernel

@testable import Wire

/// The fields of a vector: strings, lists of fields, and fields inside fields.
indirect enum FieldValue: Equatable, Sendable, Decodable {
  case text(String)
  case list([FieldValue])
  case fields(Fields)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([FieldValue].self) {
      self = .list(list)
    } else {
      self = .fields(try container.decode(Fields.self))
    }
  }
}

struct Fields: Equatable, Sendable, Decodable {
  var values: [String: FieldValue] = [:]

  init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: FieldValue].self)
  }

  init(_ pairs: KeyValuePairs<String, Any>) {
    for (key, value) in pairs { values[key] = Self.value(value) }
  }

  private static func value(_ any: Any) -> FieldValue {
    switch any {
    case let fields as Fields: .fields(fields)
    case let list as [Any]: .list(list.map { value($0) })
    case let wide as UInt128:
      .text("0x" + String(repeating: "0", count: 32 - String(wide, radix: 16).count) + String(wide, radix: 16))
    default: .text("\(any)")
    }
  }

  func has(_ key: String) -> Bool { values[key] != nil }

  func text(_ key: String) -> String {
    guard case .text(let text)? = values[key] else { return "" }
    return text
  }

  /// A decimal number; 0 where the vector leaves it out.
  func int<T: FixedWidthInteger>(_ key: String) -> T { has(key) ? T(text(key))! : 0 }
  func wide(_ key: String) -> UInt128 { UInt128(text(key).dropFirst(2), radix: 16)! }

  func list(_ key: String) -> [FieldValue] {
    guard case .list(let list)? = values[key] else { return [] }
    return list
  }
  func ints<T: FixedWidthInteger>(_ key: String) -> [T] {
    list(key).map { if case .text(let text) = $0 { T(text)! } else { 0 } }
  }
  func rows(_ key: String) -> [Fields] {
    list(key).compactMap { if case .fields(let fields) = $0 { fields } else { nil } }
  }
  func fields(_ key: String) -> Fields? {
    if case .fields(let fields)? = values[key] { fields } else { nil }
  }
}

/// Vector fields to bodies and back, through the public types.
enum VectorCoder {
  static func bytes<T>(of value: T) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

  private static func stored(_ count: Int, _ store: (inout MutableRawSpan) -> Void) -> [UInt8] {
    Array(encodeFrame(FrameHeader(.ping), bodyByteCount: count, store)[64...])
  }

  // MARK: Fields to bytes

  static func encode(_ kind: FrameKind, _ f: Fields) -> [UInt8] {
    switch kind {
    case .hello:
      var body = HelloBody()
      body.authentication = AuthenticationMethod(rawValue: f.int("authentication"))!
      body.scope = scope(f)
      body.nonce = f.wide("nonce")
      body.credential = [UInt8](hex: f.text("credential"))!
      return stored(body.encodedByteCount) { body.store(into: &$0) }
    case .welcome:
      var body = WelcomeBody()
      body.sessionClass = SessionClass(rawValue: f.int("class"))!
      body.scope = scope(f)
      body.resumed = f.text("resumed") == "1"
      body.lastRequest = f.int("lastRequest")
      body.now = f.int("now")
      body.commit = f.int("commit")
      body.oldestCommit = f.int("oldestCommit")
      body.limits.frameByteCountMax = f.int("frameByteCountMax")
      body.limits.operationCountMax = f.int("operationCountMax")
      body.limits.requestWindow = f.int("requestWindow")
      body.limits.connectionCountMax = f.int("connectionCountMax")
      body.limits.bytesInFlightMax = f.int("bytesInFlightMax")
      body.limits.idleMilliseconds = f.int("idleMilliseconds")
      body.limits.handshakeMilliseconds = f.int("handshakeMilliseconds")
      body.limits.readItemCountMax = f.int("readItemCountMax")
      body.limits.eventCreditMax = f.int("eventCreditMax")
      body.limits.subscriptionCountMax = f.int("subscriptionCountMax")
      body.limits.sessionCountMax = f.int("sessionCountMax")
      body.limits.replyByteCountMax = f.int("replyByteCountMax")
      body.nonce = f.wide("nonce")
      return stored(WelcomeBody.byteCount) { body.store(into: &$0) }
    case .submit: return f.rows("operations").flatMap { operation($0) }
    case .result: return f.rows("results").flatMap { bytes(of: result($0)) }
    case .read:
      var body = ReadBody(ReadQuery(rawValue: f.int("query"))!, tenant: f.int("tenant"))
      body.state = f.int("state")
      body.ordinal = f.int("ordinal")
      body.limit = f.int("limit")
      body.contract = f.wide("contract")
      body.cursor = f.int("cursor")
      body.dueFrom = f.int("dueFrom")
      body.dueBefore = f.int("dueBefore")
      return stored(ReadBody.byteCount) { body.store(into: &$0) }
    case .readReply:
      var head = ReadReplyHead(
        ReadQuery(rawValue: f.int("query"))!, status: ReadStatus(rawValue: f.int("status"))!, tenant: f.int("tenant"))
      head.cursor = f.int("cursor")
      head.commit = f.int("commit")
      return stored(ReadReplyHead.byteCount) { head.store(into: &$0) }
        + f.rows("records").flatMap { record(head.query, $0) }
    case .subscribe:
      var body = SubscribeBody(
        from: EventPosition(commit: f.int("commit"), index: f.int("index")), credit: f.int("credit"))
      body.scope = scope(f)
      body.acceptedOnly = f.text("acceptedOnly") == "1"
      body.reportsProgress = f.text("reportsProgress") == "1"
      return stored(SubscribeBody.byteCount) { body.store(into: &$0) }
    case .events:
      if f.has("nextCommit") {
        let progress = EventsProgress(next: EventPosition(commit: f.int("nextCommit"), index: f.int("nextIndex")))
        return stored(EventsProgress.byteCount) { progress.store(into: &$0) }
      }
      if f.has("reason") {
        let end = EventsEnd(ErrorReason(rawValue: f.int("reason"))!, value: f.int("value"))
        return stored(EventsEnd.byteCount) { end.store(into: &$0) }
      }
      return f.rows("events").flatMap { event($0) }
    case .pong: return stored(16) { PongBody(now: f.int("now"), commit: f.int("commit")).store(into: &$0) }
    case .busy:
      let body = BusyBody(retryMilliseconds: f.int("retryMilliseconds"), lastRequest: f.int("lastRequest"))
      return stored(16) { body.store(into: &$0) }
    case .error:
      let body = ErrorBody(
        ErrorReason(rawValue: f.int("reason"))!, place: f.int("place"), value: f.int("value"), text: f.text("text"))
      return stored(body.encodedByteCount) { body.store(into: &$0) }
    case .manage, .managed: return Array(f.text("json").utf8)
    case .credit, .ping, .goodbye: return []
    }
  }

  private static func scope(_ f: Fields) -> TenantScope { f.text("scope") == "0" ? .all : .one(f.int("tenant")) }

  private static func operation(_ f: Fields) -> [UInt8] {
    let operation = Operation(
      OperationCode(rawValue: f.int("code"))!, mode: f.int("mode"), tenant: f.int("tenant"),
      contract: f.wide("contract"),
      ordinal: f.int("ordinal"), id: f.wide("id"), actor: f.int("actor"), amount: f.int("amount"),
      argument: f.int("argument"), expectedVersion: f.int("expectedVersion"), linked: f.text("linked") == "1",
      extended: f.has("extension"))
    return bytes(of: operation) + (f.fields("extension").map(extensionBytes) ?? [])
  }

  private static func extensionBytes(_ f: Fields) -> [UInt8] {
    switch f.text("type") {
    case "terms":
      var t = ContractTerms()
      t.retentionCap = f.int("retentionCap")
      t.arbiter = f.int("arbiter")
      t.review = f.int("review")
      t.payBy = f.int("payBy")
      t.disputeWindow = f.int("disputeWindow")
      t.arbitration = f.int("arbitration")
      t.defectPeriod = f.int("defectPeriod")
      t.grace = f.int("grace")
      t.retentionBP = f.int("retentionBP")
      t.retentionFirstBP = f.int("retentionFirstBP")
      t.advanceBP = f.int("advanceBP")
      t.advanceRecoveryBP = f.int("advanceRecoveryBP")
      t.gstBP = f.int("gstBP")
      t.tdsBP = f.int("tdsBP")
      t.gstTDSBP = f.int("gstTDSBP")
      t.cessBP = f.int("cessBP")
      t.feeBP = f.int("feeBP")
      t.ldCapBP = f.int("ldCapBP")
      t.defaultSplitBP = f.int("defaultSplitBP")
      t.holdDays = f.int("holdDays")
      t.dormantDays = f.int("dormantDays")
      t.flags = ContractTerms.Flags(rawValue: f.int("flags"))
      return bytes(of: t)
    case "policy":
      var p = ApproverPolicy()
      let band: [Int64] = f.ints("band")
      let votes: [UInt8] = f.ints("votes")
      p.band = (band[0], band[1], band[2], band[3])
      p.autoMax = f.int("autoMax")
      p.escalation = f.int("escalation")
      p.votes = (votes[0], votes[1], votes[2], votes[3])
      p.reworkLimit = f.int("reworkLimit")
      p.maxLevel = f.int("maxLevel")
      p.ordered = f.int("ordered")
      p.majority = f.int("majority")
      return bytes(of: p)
    case "predecessors":
      var p = Predecessors()
      let ordinals: [UInt16] = f.ints("ordinals")
      p.ordinals = (ordinals[0], ordinals[1], ordinals[2], ordinals[3])
      return bytes(of: p)
    default:
      var l = ReleaseLines()
      l.net = f.int("net")
      l.retention = f.int("retention")
      l.tax = f.int("tax")
      l.other = f.int("other")
      l.advance = f.int("advance")
      l.fee = f.int("fee")
      l.liquidatedDamages = f.int("liquidatedDamages")
      return bytes(of: l)
    }
  }

  private static func result(_ f: Fields) -> OperationResult {
    OperationResult(
      code: ResultCode(rawValue: f.int("code"))!, state: f.int("state"), payoutAttempt: f.int("payoutAttempt"),
      version: f.int("version"), amount: f.int("amount"))
  }

  private static func event(_ f: Fields) -> [UInt8] {
    let slots = operation(f.fields("operation")!)
    let record = EventRecord(
      position: EventPosition(commit: f.int("commit"), index: f.int("index")), stamp: f.int("stamp"),
      sequence: f.int("sequence"), shard: f.int("shard"), result: result(f.fields("result")!),
      operation: slots.span.bytes.load(at: 0))
    return stored(EventRecord.byteCount) { record.store(into: &$0, at: 0) } + slots[64...]
  }

  /// Records are made from bytes here: their own initialisers take kernel snapshots, which only the kernel makes.
  private static func record(_ query: ReadQuery, _ f: Fields) -> [UInt8] {
    func le<T: FixedWidthInteger>(_ value: T) -> [UInt8] { bytes(of: value.littleEndian) }
    switch query.itemByteCount {
    case 192:
      var record = le(f.wide("contract"))
      for name in ["tenant", "version", "payer", "payee", "arbiter", "milestoneCount"] {
        record += le(f.int(name) as UInt32)
      }
      record += le(f.int("payoutAttempt") as UInt16) + le(f.int("state") as UInt8) + [UInt8](repeating: 0, count: 5)
      record += le(f.int("value") as Int64) + le(f.int("advanceOutstanding") as Int64)
      return record + totals(f.fields("buckets")!) + [UInt8](repeating: 0, count: 16)
    case 48:
      let record = le(f.wide("contract")) + le(f.int("tenant") as UInt32) + le(f.int("ordinal") as UInt16)
      return record + le(f.int("kind") as UInt8) + [0] + le(f.int("due") as Int64) + le(f.int("amount") as Int64)
        + [UInt8](repeating: 0, count: 8)
    default:
      if query == .totals { return bytes(of: TotalsRecord(totalsValue(f.fields("totals")!), tenant: f.int("tenant"))) }
      var record = le(f.wide("contract")) + le(f.int("tenant") as UInt32) + le(f.int("version") as UInt32)
      record += le(f.int("ordinal") as UInt16) + le(f.int("payoutAttempt") as UInt16)
      record += le(f.int("state") as UInt8) + [0, 0, 0]
      for name in milestoneSums { record += le(f.int(name) as Int64) }
      return record + [UInt8](repeating: 0, count: 16)
    }
  }

  static let milestoneSums = [
    "amount", "held", "retained", "certified", "released", "owed", "pending", "paid", "refunded", "due",
  ]

  private static func totalsValue(_ f: Fields) -> Totals {
    var totals = Totals()
    for (name, path) in totalsFields { totals[keyPath: path] = f.int(name) }
    return totals
  }

  private static func totals(_ f: Fields) -> [UInt8] { bytes(of: totalsValue(f)) }

  nonisolated(unsafe) static let totalsFields: [(String, WritableKeyPath<Totals, Int64>)] = [
    ("funded", \.funded), ("unallocated", \.unallocated), ("held", \.held), ("retained", \.retained),
    ("payoutPending", \.payoutPending), ("refundPending", \.refundPending), ("taxWithheld", \.taxWithheld),
    ("otherWithheld", \.otherWithheld), ("paidOut", \.paidOut), ("returned", \.returned), ("refunded", \.refunded),
    ("taxDeposited", \.taxDeposited), ("otherPaid", \.otherPaid), ("fee", \.fee),
  ]

  // MARK: Bytes to fields

  static func decode(_ header: FrameHeader, _ body: RawSpan) throws(FrameError) -> Fields {
    switch header.kind {
    case .hello:
      let b = try HelloBody(decoding: body)
      return Fields([
        "authentication": b.authentication.rawValue, "scope": b.scope.rawKind, "tenant": b.scope.rawTenant,
        "nonce": b.nonce, "credential": b.credential.hex,
      ])
    case .welcome:
      let b = try WelcomeBody(decoding: body)
      return Fields([
        "class": b.sessionClass.rawValue, "scope": b.scope.rawKind, "tenant": b.scope.rawTenant,
        "resumed": b.resumed ? 1 : 0, "lastRequest": b.lastRequest, "now": b.now, "commit": b.commit,
        "oldestCommit": b.oldestCommit, "frameByteCountMax": b.limits.frameByteCountMax,
        "operationCountMax": b.limits.operationCountMax, "requestWindow": b.limits.requestWindow,
        "connectionCountMax": b.limits.connectionCountMax, "bytesInFlightMax": b.limits.bytesInFlightMax,
        "idleMilliseconds": b.limits.idleMilliseconds, "handshakeMilliseconds": b.limits.handshakeMilliseconds,
        "readItemCountMax": b.limits.readItemCountMax, "eventCreditMax": b.limits.eventCreditMax,
        "subscriptionCountMax": b.limits.subscriptionCountMax, "sessionCountMax": b.limits.sessionCountMax,
        "replyByteCountMax": b.limits.replyByteCountMax, "nonce": b.nonce,
      ])
    case .submit:
      try SubmitBody.check(body, header: header)
      var operations: [Any] = []
      var offset = 0
      while offset < body.byteCount {
        let row = operation(body, at: &offset)
        operations.append(row)
      }
      return Fields(["operations": operations])
    case .result: return Fields(["results": ResultBody.results(body).map { result($0) }])
    case .read:
      let b = try ReadBody(decoding: body)
      return Fields([
        "query": b.query.rawValue, "state": b.state, "ordinal": b.ordinal, "tenant": b.tenant, "limit": b.limit,
        "contract": b.contract, "cursor": b.cursor, "dueFrom": b.dueFrom, "dueBefore": b.dueBefore,
      ])
    case .readReply:
      let head = try ReadReplyHead(decoding: body, count: header.count)
      var records: [Any] = []
      for index in 0..<Int(header.count) { records.append(record(head.query, body, index)) }
      return Fields([
        "query": head.query.rawValue, "status": head.status.rawValue, "tenant": head.tenant, "cursor": head.cursor,
        "commit": head.commit, "records": records,
      ])
    case .subscribe:
      let b = try SubscribeBody(decoding: body)
      return Fields([
        "commit": b.from.commit, "index": b.from.index, "credit": b.credit, "scope": b.scope.rawKind,
        "acceptedOnly": b.acceptedOnly ? 1 : 0, "reportsProgress": b.reportsProgress ? 1 : 0,
        "tenant": b.scope.rawTenant,
      ])
    case .events:
      if header.flags.contains(.progress) {
        let progress = try EventsProgress(decoding: body)
        return Fields(["nextCommit": progress.next.commit, "nextIndex": progress.next.index])
      }
      if header.flags.contains(.ended) {
        let end = try EventsEnd(decoding: body)
        return Fields(["reason": end.reason.rawValue, "value": end.value])
      }
      var events: [Any] = []
      var offset = 0
      for _ in 0..<header.count {
        let e = try EventRecord(decoding: body, at: offset)
        offset += 64
        events.append(
          Fields([
            "commit": e.commit, "stamp": e.stamp, "sequence": e.sequence, "index": e.index, "shard": e.shard,
            "result": result(e.result), "operation": operation(body, at: &offset),
          ]))
      }
      return Fields(["events": events])
    case .pong:
      let b = PongBody(decoding: body)
      return Fields(["now": b.now, "commit": b.commit])
    case .busy:
      let b = try BusyBody(decoding: body)
      return Fields(["retryMilliseconds": b.retryMilliseconds, "lastRequest": b.lastRequest])
    case .error:
      let b = try ErrorBody(decoding: body)
      return Fields(["reason": b.reason.rawValue, "place": b.place, "value": b.value, "text": b.text])
    case .manage, .managed:
      return Fields(["json": String(decoding: body.withUnsafeBytes { Array($0) }, as: UTF8.self)])
    case .credit, .ping, .goodbye: return Fields([:])
    }
  }

  /// What is zero is left out of the vectors' operations.
  private static func operation(_ body: RawSpan, at offset: inout Int) -> Fields {
    let o = body.load(at: offset, as: Operation.self)
    offset += 64
    var f = Fields(["contract": o.contract, "id": o.id, "tenant": o.tenant, "code": o.code])
    let optional = Fields([
      "mode": o.mode, "actor": o.actor, "ordinal": o.ordinal, "amount": o.amount, "argument": o.argument,
      "expectedVersion": o.expectedVersion, "linked": o.isLinked ? 1 : 0,
    ])
    for (key, value) in optional.values where value != .text("0") { f.values[key] = value }
    // REMIT spells out its mode 0.
    if o.code == OperationCode.remit.rawValue { f.values["mode"] = .text("\(o.mode)") }
    if o.hasExtension {
      f.values["extension"] = .fields(extensionFields(o.code, body, offset))
      offset += 64
    }
    return f
  }

  private static func extensionFields(_ code: UInt8, _ body: RawSpan, _ offset: Int) -> Fields {
    switch OperationCode(rawValue: code) {
    case .createContract:
      let t = body.load(at: offset, as: ContractTerms.self)
      return Fields([
        "type": "terms", "retentionCap": t.retentionCap, "arbiter": t.arbiter, "review": t.review, "payBy": t.payBy,
        "disputeWindow": t.disputeWindow, "arbitration": t.arbitration, "defectPeriod": t.defectPeriod,
        "grace": t.grace, "retentionBP": t.retentionBP, "retentionFirstBP": t.retentionFirstBP,
        "advanceBP": t.advanceBP, "advanceRecoveryBP": t.advanceRecoveryBP, "gstBP": t.gstBP, "tdsBP": t.tdsBP,
        "gstTDSBP": t.gstTDSBP, "cessBP": t.cessBP, "feeBP": t.feeBP, "ldCapBP": t.ldCapBP,
        "defaultSplitBP": t.defaultSplitBP, "holdDays": t.holdDays, "dormantDays": t.dormantDays,
        "flags": t.flags.rawValue,
      ])
    case .setPolicy:
      let p = body.load(at: offset, as: ApproverPolicy.self)
      return Fields([
        "type": "policy", "band": [p.band.0, p.band.1, p.band.2, p.band.3], "autoMax": p.autoMax,
        "escalation": p.escalation, "votes": [p.votes.0, p.votes.1, p.votes.2, p.votes.3],
        "reworkLimit": p.reworkLimit, "maxLevel": p.maxLevel, "ordered": p.ordered, "majority": p.majority,
      ])
    case .addMilestone:
      let p = body.load(at: offset, as: Predecessors.self).ordinals
      return Fields(["type": "predecessors", "ordinals": [p.0, p.1, p.2, p.3]])
    default:
      let l = body.load(at: offset, as: ReleaseLines.self)
      return Fields([
        "type": "lines", "net": l.net, "retention": l.retention, "tax": l.tax, "other": l.other, "advance": l.advance,
        "fee": l.fee, "liquidatedDamages": l.liquidatedDamages,
      ])
    }
  }

  private static func result(_ r: OperationResult) -> Fields {
    Fields([
      "code": r.code, "state": r.state, "payoutAttempt": r.payoutAttempt, "version": r.version, "amount": r.amount,
    ])
  }

  private static func totalsRow(_ t: Totals) -> Fields {
    var f = Fields([:])
    for (name, path) in totalsFields { f.values[name] = .text("\(t[keyPath: path])") }
    return f
  }

  private static func record(_ query: ReadQuery, _ body: RawSpan, _ index: Int) -> Fields {
    switch query.itemByteCount {
    case 192:
      let r = Wire.ContractRecord(decoding: body, at: index)
      return Fields([
        "contract": r.contract, "tenant": r.tenant, "version": r.version, "payer": r.payer, "payee": r.payee,
        "arbiter": r.arbiter, "milestoneCount": r.milestoneCount, "payoutAttempt": r.payoutAttempt, "state": r.state,
        "value": r.value, "advanceOutstanding": r.advanceOutstanding, "buckets": totalsRow(r.buckets),
      ])
    case 48:
      let r = TimerRecord(decoding: body, at: index)
      return Fields([
        "contract": r.contract, "tenant": r.tenant, "ordinal": r.ordinal, "kind": r.kind, "due": r.due,
        "amount": r.amount,
      ])
    default:
      if query == .totals {
        let r = TotalsRecord(decoding: body, at: index)
        return Fields(["tenant": r.tenant, "totals": totalsRow(r.totals)])
      }
      let r = Wire.MilestoneRecord(decoding: body, at: index)
      return Fields([
        "contract": r.contract, "tenant": r.tenant, "version": r.version, "ordinal": r.ordinal,
        "payoutAttempt": r.payoutAttempt, "state": r.state, "amount": r.amount, "held": r.held,
        "retained": r.retained, "certified": r.certified, "released": r.released, "owed": r.owed,
        "pending": r.pending, "paid": r.paid, "refunded": r.refunded, "due": r.due,
      ])
    }
  }
}
