import Documents
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Mappings
import Texts

extension MappedRequest {
  /// The operations as the kernel has them. What is wrong with one is among the findings afterwards, at the row that it came from.
  ///
  /// - Parameters:
  ///   - tenant: that of operations that name none; they may name no other.
  ///   - ids: of operations that have none, by their place; nil for new ones.
  mutating func read(
    tenant: UInt32, _ caller: SessionCaller, at now: Int64, _ ids: (Int) -> UInt128?
  ) -> BatchChunk {
    var chunk = BatchChunk()
    for (index, operation) in operations.enumerated() {
      var members = operation.members
      let own = Documents.JSONValue.string(String(tenant))
      guard members["tenant"] == nil || members["tenant"] == own else {
        fault(operation, ["members", "tenant"], "is another tenant than that of the path")
        continue
      }
      members["tenant"] = own
      if members["id"] == nil, let id = ids(index) { members["id"] = .string(Identifier.text(id)) }
      let bytes = Documents.JSONValue.object(members).canonicalBytes
      do {
        chunk.append(
          try BatchOperation(JSONValue(reading: bytes.span), caller: caller, now: now), line: operation.line)
      } catch {
        guard let faults = error as? MemberFaults else {
          fault(operation, [], "is no document")
          continue
        }
        for fault in faults.all {
          let path = JSONPointer(fault.pointer)?.tokens ?? []
          self.fault(operation, ["members"] + path, "\(path.joined(separator: ".")) \(fault.detail)")
        }
      }
    }
    return chunk
  }

  private mutating func fault(_ operation: MappedOperation, _ member: [String], _ detail: String) {
    let word = operation.members["operation"] ?? ""
    find("mapping.operation", operation, member: member, ["operation": word, "detail": .string(detail)])
  }
}

extension BatchChunk {
  /// The answer to a batch.
  func answers(_ results: [OperationResult]) -> Response { RouteCall.document { write(results, to: &$0) } }

  func write(_ results: [OperationResult], to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("items")
      writer.array(results.indices) { writer, index in write(results[index], at: index, to: &writer) }
    }
  }
}

extension Problem {
  static let wrongDirection = Problem(
    .conflict, "wrong_direction", "the mapping is for the other direction: requests come in, responses go out")

  /// A text that a mapping cannot make anything of, with every finding at its place.
  init(unmappable findings: Findings) {
    self.init(.unprocessableContent, "unmappable", "the text cannot be mapped; nothing was applied")
    let texts = FindingTexts.documents.adding(.mappings)
    var faults = MemberFaults()
    for finding in findings.kept where finding.level == .error {
      let place = finding.place.map { "line \($0.line), column \($0.column): " } ?? ""
      let text = texts.text(of: finding, in: Language.english.tag)
      faults.add(finding.pointer.tokens, "\(place)\(text) (\(finding.code))")
    }
    self.faults = faults.all
  }
}
