import Foundation
import Kernel
import Testing

@testable import Formats

/// Foundation has an operation too.
typealias Operation = Kernel.Operation

/// What a reader handed out, kept.
struct ReadOperations {
  var operations: [Operation] = []
  var extensions: [[UInt8]] = []
  var lines: [UInt64] = []
  var rejects: [InputReject] = []
  var batches: [(stamp: Instant?, count: Int)] = []

  init(
    _ path: String, format: OperationFormat? = nil, batchCountMax: Int = OperationReader.batchCountMax,
    splitAtStamps: Bool = false
  ) throws {
    var reader = try OperationReader(
      path: path, format: format, batchCountMax: batchCountMax, splitAtStamps: splitAtStamps)
    while try reader.next() {
      rejects += reader.rejects
      batches.append((reader.stamp, reader.operationCount))
      for index in 0..<reader.operationCount { lines.append(reader.line(ofOperation: index)) }
      reader.withSlots { slots in
        #expect(slots.baseAddress.map { Int(bitPattern: $0) % 64 } ?? 0 == 0)
        #expect(BatchLayout.operationCount(slots: slots) == reader.operationCount)
        var offset = 0
        while offset < slots.count {
          let operation = slots.load(fromByteOffset: offset, as: Operation.self)
          operations.append(operation)
          offset += 64
          guard operation.hasExtension else {
            extensions.append([])
            continue
          }
          extensions.append(Array(slots[offset..<(offset + 64)]))
          offset += 64
        }
      }
    }
  }
}

@Suite("Files of operations")
struct FormatTests {
  /// Operations with every kind of extension, extreme numbers, chains and stamps.
  static func writeEverything(_ path: String, _ format: OperationFormat) throws {
    let writer = try OperationWriter(path: path, format: format)
    try writer.stamp(1_000)
    var terms = ContractTerms()
    terms.retentionCap = 999_999
    terms.arbiter = .max
    terms.retentionBP = 500
    terms.gstBP = 1800
    terms.ldCapBP = 1000
    terms.defaultSplitBP = 5000
    terms.defectPeriod = 86_400
    terms.grace = 7
    terms.holdDays = 255
    terms.flags = [.autoApprove, .evidence, .escalateDispute]
    try writer.write(
      Operation(
        .createContract, tenant: .max, contract: .max, id: .max, actor: .max, amount: .max, argument: .max,
        expectedVersion: .max), terms: terms)
    var policy = ApproverPolicy()
    policy.band = (0, 1, .max, 5)
    policy.votes = (1, 2, 3, 4)
    policy.ordered = 1
    try writer.write(Operation(.setPolicy, tenant: 1, contract: 9, id: 2, actor: 1), policy: policy)
    var predecessors = Predecessors()
    predecessors.ordinals = (1, 2, 0, .max)
    try writer.write(
      Operation(.addMilestone, tenant: 1, contract: 9, ordinal: .max, id: 3, amount: 1, argument: 4),
      predecessors: predecessors)
    try writer.stamp(2_000)
    try writer.write(Operation(.consent, mode: 7, tenant: 1, contract: 9, ordinal: 1, id: 4, amount: -1, linked: true))
    var lines = ReleaseLines()
    lines.net = .min
    lines.liquidatedDamages = .max
    try writer.write(Operation(.release, mode: 1, tenant: 1, contract: 1 << 64, ordinal: 1, id: 5), lines: lines)
    try writer.write(Operation(.start, tenant: 1, contract: 9, ordinal: 2, id: UInt128(UInt64.max) + 1))
    try writer.close()
  }

  @Test("what is written is read back equal, in every format", arguments: OperationFormat.allCases)
  func roundTrip(format: OperationFormat) throws {
    let folder = try TemporaryFolder()
    try Self.writeEverything(folder.path("a"), .binary)
    let expected = try ReadOperations(folder.path("a"), format: .binary)
    #expect(expected.operations.count == 6)
    try Self.writeEverything(folder.path("b"), format)
    let read = try ReadOperations(folder.path("b"), format: format)
    #expect(read.operations == expected.operations)
    #expect(read.extensions == expected.extensions)
    #expect(read.rejects.isEmpty)
    // A text of the same operations, put through the slots of a reader, stays the same.
    let again = try OperationWriter(path: folder.path("c"), format: format)
    var reader = try OperationReader(path: folder.path("b"), format: format, splitAtStamps: true)
    while try reader.next() {
      if let stamp = reader.stamp { try again.stamp(stamp) }
      try reader.withSlots { try again.write(slots: $0) }
    }
    try again.close()
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: folder.path("b")))
        == Data(contentsOf: URL(fileURLWithPath: folder.path("c"))))
  }

  @Test("a stamp ends a batch when asked for, but never cuts a chain", arguments: OperationFormat.allCases)
  func stamps(format: OperationFormat) throws {
    let folder = try TemporaryFolder()
    try Self.writeEverything(folder.path("a"), format)
    let split = try ReadOperations(folder.path("a"), format: format, splitAtStamps: true)
    #expect(split.batches.map(\.stamp) == [1_000, 2_000])
    #expect(split.batches.map(\.count) == [3, 3])
    let whole = try ReadOperations(folder.path("a"), format: format)
    #expect(whole.batches.map(\.stamp) == [nil])
    #expect(whole.batches.map(\.count) == [6])
    // Batches of one: operations 4 and 5 are a chain and stay together.
    let small = try ReadOperations(folder.path("a"), format: format, batchCountMax: 2)
    #expect(small.batches.map(\.count) == [2, 1, 2, 1])
    #expect(small.operations == whole.operations)
  }

  @Test("a chain longer than a batch goes out as it is", arguments: OperationFormat.allCases)
  func longChain(format: OperationFormat) throws {
    let folder = try TemporaryFolder()
    let writer = try OperationWriter(path: folder.path("a"), format: format)
    for id in 1...9 {
      try writer.write(Operation(.start, tenant: 1, contract: 1, ordinal: 1, id: UInt128(id), linked: id < 9))
    }
    try writer.close()
    let read = try ReadOperations(folder.path("a"), format: format, batchCountMax: 4)
    #expect(read.batches.map(\.count) == [4, 4, 1])
  }

  @Test("identifiers may be numbers, decimal strings or UUIDs")
  func identifiers() throws {
    let folder = try TemporaryFolder()
    try """
    {"op":"START","id":"018f4e2a-7b1c-7def-8123-456789abcdef","tenant":1,"contract":"340282366920938463463374607431768211455","m":1}
    {"op":"START","id":340282366920938463463374607431768211455,"tenant":1,"contract":"7","m":1,"ext":null,"linked":false}
    """.write(toFile: folder.path("a.ndjson"), atomically: true, encoding: .utf8)
    let read = try ReadOperations(folder.path("a.ndjson"))
    #expect(read.rejects.isEmpty)
    #expect(read.operations.map(\.id) == [0x018f_4e2a_7b1c_7def_8123_4567_89ab_cdef, .max])
    #expect(read.operations.map(\.contract) == [.max, 7])
    #expect(read.operations.map(\.hasExtension) == [false, false])
  }

  @Test(
    "a bad line is handed back with its number, field and reason; the others go on",
    arguments: [
      (#"{"op":"FUND","id":1,"tenant":1,"contract":1,"m":70000}"#, "m", "does not fit 16 bits"),
      (#"{"op":"FUND","id":1,"tenant":4294967296,"contract":1}"#, "tenant", "does not fit 32 bits"),
      (#"{"op":"FUND","id":-1}"#, "id", "is negative"),
      (#"{"op":"FUND","id":"12x"}"#, "id", "is neither a decimal number of up to 128 bits nor a UUID"),
      (#"{"op":"FUND","amount":9223372036854775808}"#, "amount", "does not fit 64 bits with sign"),
      (#"{"op":"FUND","amount":"5"}"#, "amount", "is not a number"),
      (#"{"op":"FUND","linked":2}"#, "linked", "is neither 0 nor 1"),
      (#"{"op":"FUNDS"}"#, "op", "no operation is called 'FUNDS'"),
      (#"{"id":1}"#, "op", "is missing"),
      (#"{"op":"FUND","color":1}"#, "color", "is no field of an operation"),
      (#"{"op":"SET_POLICY","ext":{"k":[1,2,3,4,5]}}"#, "k", "has more than 4 elements"),
      (#"{"op":"SET_POLICY","ext":{"majority":256}}"#, "majority", "does not fit 8 bits"),
      (#"{"op":"SET_POLICY","ext":{"gst_bp":1}}"#, "gst_bp", "belongs to the extension of another operation"),
      (#"{"op":"CREATE_CONTRACT","ext":{"evidence":2}}"#, "evidence", "is neither 0 nor 1"),
      (#"{"op":"FUND" "id":1}"#, "", "not JSON: expected '}' at byte 14"),
      (#"{"op":"FUND"}}"#, "", "not JSON: text after the value at byte 14"),
      (#"["FUND"]"#, "", "not JSON: expected '{' at byte 1"),
      (#"{"op":"FU"#, "", "not JSON: string without end at byte 10"),
    ])
  func rejects(line: String, field: String, reason: String) throws {
    let folder = try TemporaryFolder()
    let good = #"{"op":"START","id":1,"tenant":1,"contract":1,"m":1}"#
    try [good, "", line, good].joined(separator: "\n").write(
      toFile: folder.path("a.ndjson"), atomically: true, encoding: .utf8)
    let read = try ReadOperations(folder.path("a.ndjson"))
    #expect(read.lines == [1, 4])
    #expect(read.rejects == [InputReject(line: 3, field: field, reason: reason)])
  }

  @Test("a bad line in a chain takes the whole chain with it")
  func rejectedChain() throws {
    let folder = try TemporaryFolder()
    func line(_ id: Int, _ linked: Int) -> String {
      #"{"op":"START","id":\#(id),"tenant":1,"contract":1,"m":1,"linked":\#(linked)}"#
    }
    let text = [
      line(1, 0), line(2, 1), line(3, 1), #"{"op":"NO","linked":1}"#, line(5, 1), line(6, 0), line(7, 0), line(8, 1),
      #"{"op":"NO","linked":0}"#, line(10, 0), #"{"linked" : 1, broken"#, line(12, 0), line(13, 0),
    ]
    try text.joined(separator: "\n").write(toFile: folder.path("a.ndjson"), atomically: true, encoding: .utf8)
    let read = try ReadOperations(folder.path("a.ndjson"))
    #expect(read.lines == [1, 7, 10, 13])
    #expect(read.rejects.map(\.line) == [2, 3, 4, 5, 6, 8, 9, 11, 12])
    #expect(read.rejects[0].reason == "is chained to line 4, which is no operation")
  }

  @Test("a CSV file may leave columns out, order them freely and quote cells")
  func csv() throws {
    let folder = try TemporaryFolder()
    try
      "tenant,op,id,contract,m,preds,ext,linked\r\n1,ADD_MILESTONE,\"1\",2,3,\"1;2\",,0\r\n\r\n1,SET_POLICY,2,2,,,1,\r\n1,START,3,x,1,,,\r\n1,START,4\r\n"
      .write(toFile: folder.path("a.csv"), atomically: true, encoding: .utf8)
    let read = try ReadOperations(folder.path("a.csv"))
    #expect(read.lines == [2, 4])
    #expect(read.operations.map(\.code) == [5, 2])
    #expect(read.extensions[0].prefix(5) == [1, 0, 2, 0, 0])
    #expect(read.extensions[1] == [UInt8](repeating: 0, count: 64))
    #expect(
      read.rejects == [
        InputReject(line: 5, field: "contract", reason: "is neither a decimal number of up to 128 bits nor a UUID"),
        InputReject(line: 6, reason: "has 3 cells, the header 8"),
      ])
  }

  @Test("cells follow RFC 4180")
  func cells() {
    func cells(_ text: String) -> [String] { CSVCells.strings(Array(text.utf8).span) }
    #expect(cells("a,b,,\"c,d\"") == ["a", "b", "", "c,d"])
    #expect(cells("\"a \"\"b\"\"\",\"x\ny\"") == ["a \"b\"", "x\ny"])
    #expect(cells("") == [""])
    #expect(cells(CSVCells.quote("a \"b\", c") + ",d") == ["a \"b\", c", "d"])
  }

  @Test(
    "a header that is wrong ends the reading",
    arguments: [
      ("id,tenant\n", "op: the header has no such column"),
      ("op,colour\n", "colour: the header names a column that is no field of an operation"),
      ("op,id,id\n", "id: the header names this column twice"),
    ])
  func csvHeader(text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try text.write(toFile: folder.path("a.csv"), atomically: true, encoding: .utf8)
    #expect(throws: InputError(path: folder.path("a.csv"), line: 1, reason: reason)) {
      try ReadOperations(folder.path("a.csv"))
    }
  }

  @Test("a binary file that is none, or of another version, is named as such")
  func binaryHeader() throws {
    let folder = try TemporaryFolder()
    func expect(_ reason: String, _ change: (inout [UInt8]) -> Void) throws {
      var bytes = BinaryHeader(slotCount: 0, operationCount: 0).bytes
      change(&bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: folder.path("a")))
      #expect(throws: InputError(path: folder.path("a"), reason: reason)) { try ReadOperations(folder.path("a")) }
    }
    try expect("is no binary file of operations (wrong magic)") { $0[0] = 0 }
    try expect("is no binary file of operations (wrong magic)") { $0.removeLast() }
    try expect("has format version 2, this program reads version 1") { $0[8] = 2 }
    try expect("has a header of another size") { $0[12] = 128 }
    try expect("has reserved bits set in its header") { $0[40] = 1 }
    #expect(throws: InputError.self) { try ReadOperations(folder.path("none")) }
    #expect(throws: InputError.self) { try ReadOperations(folder.url.path) }
  }

  @Test("a cut binary file says where, and keeps what is whole", arguments: [1, 63, 64, 65, 128])
  func cutBinary(byteCount: Int) throws {
    let folder = try TemporaryFolder()
    try Self.writeEverything(folder.path("a"), .binary)
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("a")))
    // The end is START (64), before it RELEASE with its lines (128).
    try whole.dropLast(byteCount).write(to: URL(fileURLWithPath: folder.path("a")))
    let read = try ReadOperations(folder.path("a"), format: .binary)
    #expect(read.operations.count == (byteCount <= 64 ? 5 : 4))
    #expect(read.rejects.count == 1)
    let reason =
      byteCount == 64 ? "the header announces 12 slots, the file has 11" : "the file ends inside this record, after"
    #expect(read.rejects[0].reason.hasPrefix(reason))
    #expect(read.rejects[0].line == (byteCount <= 64 ? 8 : 7))
  }

  @Test("a gzip file is unpacked on the way, and a damaged one is an error")
  func gzip() throws {
    let folder = try TemporaryFolder()
    try Self.writeEverything(folder.path("a.ndjson"), .ndjson)
    let expected = try ReadOperations(folder.path("a.ndjson"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", folder.path("a.ndjson")]
    try process.run()
    process.waitUntilExit()
    let packed = folder.path("a.ndjson.gz")
    let read = try ReadOperations(packed)
    #expect(read.operations == expected.operations)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: packed))
    try bytes.dropLast(12).write(to: URL(fileURLWithPath: packed))
    #expect(throws: InputError.self) { try ReadOperations(packed) }
  }

  @Test("a line beyond the limit is rejected, the next one is read")
  func overlongLine() throws {
    let folder = try TemporaryFolder()
    let good = #"{"op":"START","id":1,"tenant":1,"contract":1,"m":1}"#
    let long = String(repeating: "x", count: 3 * RecordSource.recordByteCountMax)
    try [good, long, good].joined(separator: "\n").write(
      toFile: folder.path("a.ndjson"), atomically: true, encoding: .utf8)
    let read = try ReadOperations(folder.path("a.ndjson"))
    #expect(read.lines == [1, 3])
    #expect(read.rejects.map(\.line) == [2])
  }
}
