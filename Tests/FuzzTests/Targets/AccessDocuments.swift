@testable import Access

/// Commands and answers about keys, and rows of the catalog that hold keys, proposals, quotas and audit events: arbitrary
/// ones are refused or come back as they were read.
///
/// Input: which of them (1 byte), the JSON.
enum AccessDocuments {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let kind = input.integer(UInt8.self)
    let text = input.rest()
    switch kind % 6 {
    case 0:
      try comesBack(read { () throws(AccessError) in try AccessCommand(json: text) }) { command in
        read { () throws(AccessError) in try AccessCommand(json: command.json) }
      }
    case 1:
      try comesBack(read { () throws(AccessError) in try AccessAnswer(json: text) }) { answer in
        read { () throws(AccessError) in try AccessAnswer(json: answer.json) }
      }
    case 2: try row(AccessKey.self, text)
    case 3: try row(Proposal.self, text)
    case 4: try row(TenantQuota.self, text)
    default: try row(AuditEvent.self, text)
    }
  }

  private static func row<Content: Codable & Equatable>(_ type: Content.Type, _ text: [UInt8]) throws(Finding) {
    try comesBack(read { () throws(AccessError) in try decodeRow(type, text) }) { row in
      read { () throws(AccessError) in try decodeRow(type, encodeRow(row)) }
    }
  }

  private static func read<Value>(_ body: () throws(AccessError) -> Value) -> Value? {
    do throws(AccessError) { return try body() } catch { return nil }
  }

  private static func comesBack<Value: Equatable>(_ value: Value?, _ again: (Value) -> Value?) throws(Finding) {
    guard let value else { return }
    try must(again(value) == value, "a document comes back as another one")
  }
}
