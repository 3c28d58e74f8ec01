import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import NIOCore

/// Many operations in one request, of any tenants and contracts that the key allows.
enum BatchRoutes {
  static let all = [stream, document]

  /// Lines in, lines out, while both are still under way; of any length.
  private static let stream = Route(
    method: .post, path: [.literal("v1"), .literal("streams")], name: "submit_stream",
    summary: "Operations line by line. Each line is answered by a line, in order, when it is durable",
    section: "Batches", body: .stream(.named("BatchOperation")),
    answers: [Route.Answer(.ok, "A line for each line", type: MediaType.lines, .named("BatchAnswer"))]
  ) { call in
    try call.requireType(MediaType.lines)
    try call.refuseEncoding()
    try call.refuseKey()
    let session = try await call.session()
    let (body, now) = (call.request.body, call.services.now)
    let place = try call.services.lineStreams.place()
    return Response(
      status: .ok, headers: [.contentType: MediaType.lines, .cacheControl: "no-store"],
      body: ResponseBody { writer in
        defer { withExtendedLifetime(place) {} }
        let answers = AnswerQueue()
        // Who only writes must see answers while the reader waits for lines, and the other way round.
        let reader = Task {
          defer { answers.end() }
          var batch = BatchStream(session: session, answers: answers, now: now) { call.keepTrace(of: $0) }
          for try await buffer in body {
            await batch.take(buffer)
            if batch.isBroken { break }
          }
          await batch.finish()
        }
        do {
          while let answer = await answers.next() { try await writer.write(await answer.value) }
        } catch {
          answers.end()
          reader.cancel()
          throw error
        }
        // A body that broke off ends the connection, too.
        try await reader.value
        try await writer.finish(nil)
      })
  }

  /// One document in, one out: the operations follow each other without anything in between.
  private static let document = Route(
    method: .post, path: [.literal("v1"), .literal("batches")], name: "submit_batch",
    summary: "Operations in one document, applied one behind the other. Each has its own answer",
    section: "Batches",
    body: .batch(.object([.init("operations", .array(.named("BatchOperation"), count: 1...countMax))])),
    answers: [Route.Answer(.ok, "An answer for each operation", .named("BatchAnswers"))]
  ) { call in
    try call.refuseKey()
    let place = try call.services.batches.place()
    defer { withExtendedLifetime(place) {} }
    // Thousands of operations would keep the loop from its other connections.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await apply(call) }
  }

  private static func apply(_ call: RouteCall) async throws -> Response {
    // Whoever has no key holds no memory.
    let session = try await call.session()
    let members = try call.members(of: try await call.body())
    guard members.count == 1, members[0].name == "operations", case .array(let elements) = members[0].value,
      (1...countMax).contains(elements.count)
    else {
      throw Problem(MemberFaults("operations", "is to be an array of 1 to \(countMax) operations, and nothing else"))
    }
    var chunk = BatchChunk()
    var faults = MemberFaults()
    for (index, element) in elements.enumerated() {
      do throws(MemberFaults) {
        chunk.append(try BatchOperation(element, caller: session.caller, now: call.services.now()), line: index)
      } catch { faults.add(error.below("/operations/\(index)")) }
    }
    if chunk.endsInChain {
      faults.add(["operations", String(elements.count - 1)], "is linked to an operation that is not there")
    }
    guard faults.isEmpty else { throw Problem(faults) }
    call.keepTrace(of: chunk.operations)
    return chunk.answers(try await session.submit(chunk.operations))
  }

  /// Operations of a document: what one frame of the protocol holds.
  static let countMax = 8_190

  static let components: [(String, Schema)] = [
    (
      "BatchOperation",
      .one(
        OperationForm.all.map { form in
          var members: [Schema.Member] = [
            .init("operation", .words([form.word])), .init("tenant", .number32), .init("contract", .id),
          ]
          switch form.subject {
          case .contract: break
          case .milestone: members.append(.init("milestone", .ordinal))
          case .either: members.append(.init("milestone", .ordinal, isRequired: false))
          }
          members.append(
            .init("linked", .described(.boolean, "Applied only together with the next one"), isRequired: false))
          return form.schema(members)
        })
    ),
    (
      "BatchAnswer",
      .object([
        .init("line", .integer(0...Int64.max)), .init("answer", .named("Answer"), isRequired: false),
        .init("problem", .named("Problem"), isRequired: false),
      ])
    ),
    ("BatchAnswers", .object([.init("items", .array(.named("BatchAnswer")))])),
  ]
}

/// An operation that says itself what it names.
struct BatchOperation: Sendable {
  var form: OperationForm
  var slotted: SlottedOperation

  init(_ value: JSONValue, caller: SessionCaller, now: Int64) throws(MemberFaults) {
    guard case .object(let members) = value else {
      throw MemberFaults("", "is \(value.kind), not an object")
    }
    guard case .string(let word)? = members.first(where: { $0.name == "operation" })?.value,
      let form = OperationForm.form(named: word)
    else { throw MemberFaults("operation", "names no operation") }
    self.form = form
    var faults = MemberFaults()
    var frame = OperationFrame(tenant: 0, contract: 0, ordinal: 0, id: Identifier.new(at: now), actor: caller.person)
    var isLinked = false
    var rest: [JSONMember] = []
    for member in members {
      switch member.name {
      case "operation": break
      case "tenant":
        if case .string(let text) = member.value, let tenant = Identifier.decimal(text, UInt32.self) {
          frame.tenant = tenant
        } else {
          faults.add("tenant", "is no tenant: a string with a decimal number below 2^32")
        }
      case "contract":
        if case .string(let text) = member.value, let contract = Identifier.id(text) {
          frame.contract = contract
        } else {
          faults.add("contract", "is no id: a string with a decimal number below 2^128 or a UUID")
        }
      case "milestone":
        if case .integer(let number) = member.value, let ordinal = UInt16(exactly: number), ordinal > 0 {
          frame.ordinal = ordinal
        } else {
          faults.add("milestone", "is no milestone: an integer from 1 to 65535")
        }
      case "linked":
        if case .bool(let value) = member.value {
          isLinked = value
        } else {
          faults.add("linked", "is \(member.value.kind), not a boolean")
        }
      default: rest.append(member)
      }
    }
    for name in ["tenant", "contract"] where !members.contains(where: { $0.name == name }) {
      faults.add(name, "is missing")
    }
    if form.subject == .milestone, !members.contains(where: { $0.name == "milestone" }) {
      faults.add("milestone", "is missing")
    }
    do throws(MemberFaults) {
      slotted = try form.operation(rest, in: frame)
    } catch {
      faults.add(error)
      throw faults
    }
    guard faults.isEmpty else { throw faults }
    if isLinked { slotted.operation.flags |= 1 }
  }

  /// Whether a document, good or not, links to the next one.
  static func isLinked(_ value: JSONValue) -> Bool {
    guard case .object(let members) = value else { return false }
    return members.contains { $0.name == "linked" && $0.value == .bool(true) }
  }
}

/// Operations that go to the kernel together, and where they come from.
struct BatchChunk: Sendable {
  private(set) var operations: [SlottedOperation] = []
  private var forms: [OperationForm] = []
  private var lines: [Int] = []

  var count: Int { operations.count }
  /// Whether the last operation waits for another one.
  var endsInChain: Bool { operations.last?.operation.isLinked ?? false }

  mutating func append(_ operation: BatchOperation, line: Int) {
    operations.append(operation.slotted)
    forms.append(operation.form)
    lines.append(line)
  }

  /// Takes the chain that is open at the end away.
  mutating func removeOpenChain() -> BatchChunk {
    let start = (operations.lastIndex { !$0.operation.isLinked } ?? -1) + 1
    var removed = BatchChunk()
    removed.operations = Array(operations[start...])
    removed.forms = Array(forms[start...])
    removed.lines = Array(lines[start...])
    operations.removeSubrange(start...)
    forms.removeSubrange(start...)
    lines.removeSubrange(start...)
    return removed
  }

  /// Writes what became of the operation at `index`.
  func write(_ result: OperationResult, at index: Int, to writer: inout JSONWriter) {
    let answer = OperationAnswer(form: forms[index], operation: operations[index].operation, result: result)
    write(at: index, to: &writer) { writer in
      if answer.isApplied {
        writer.key("answer")
        answer.write(to: &writer)
      } else {
        writer.key("problem")
        Problem(answer).write(instance: nil, to: &writer)
      }
    }
  }

  /// Writes one problem for the operation at `index`.
  func write(_ problem: Problem, at index: Int, to writer: inout JSONWriter) {
    write(at: index, to: &writer) { writer in
      writer.key("problem")
      problem.write(instance: nil, to: &writer)
    }
  }

  private func write(at index: Int, to writer: inout JSONWriter, _ body: (inout JSONWriter) -> Void) {
    writer.object { writer in
      writer.member("line", Int64(lines[index]))
      body(&writer)
    }
  }
}
