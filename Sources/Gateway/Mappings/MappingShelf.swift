import Documents
import HTTPTypes
import Mappings
import NIOConcurrencyHelpers
import Repository

/// Mappings of tenants, as they are in force or in a version that is named. What was read stays in memory.
final class MappingShelf: Sendable {
  private let documents: DocumentService
  private let read = NIOLockedValueBox<[VersionID: Mapping]>([:])

  /// Mappings kept in memory.
  private static let readCountMax = 256

  init(_ documents: DocumentService) { self.documents = documents }

  /// A mapping of a tenant.
  ///
  /// - Parameter version: nil for the one in force. One that is named may be a draft: what a mapping makes is done with the caller's own
  ///   rights, and who names a draft knows that it is one.
  /// - Throws: `Problem` when there is none, or what is kept is no mapping.
  func mapping(
    _ name: DocumentName, of tenant: Tenant, version: VersionID?
  ) async throws(Problem) -> (mapping: Mapping, version: VersionID) {
    let reference = Reference(DocumentID(tenant, .mapping, name), in: DocumentService.live)
    let viewer = Viewer.tenant(tenant)
    return try await documents.run { [read] repository in
      let id: VersionID
      if let version {
        guard try repository.version(version, as: viewer).document == reference.document else {
          throw Problem.notFound("version")
        }
        id = version
      } else {
        guard let active = try repository.state(of: reference, as: viewer).active else {
          throw Problem(
            .conflict, "not_in_force", "no version of the mapping is in force; one can be named by `version`")
        }
        id = active
      }
      if let mapping = read.withLockedValue({ $0[id] }) { return (mapping, id) }
      var findings = Findings()
      guard let mapping = Mapping(reading: try repository.authored(id, as: viewer), &findings) else {
        throw Problem(.conflict, "not_usable", "version \(id) is no mapping that can be used: have it checked")
      }
      read.withLockedValue { read in
        if read.count >= Self.readCountMax { read.removeAll() }
        read[id] = mapping
      }
      return (mapping, id)
    }
  }
}

/// Mappings: their reading, and that every operation and member that they name is one of the kernel's.
struct MappingChecker: DocumentChecker {
  func findings(in document: Document, called name: DocumentName) -> Findings {
    var findings = Findings()
    guard let mapping = Mapping(reading: document, &findings) else { return findings }
    Self.check(mapping, in: document, &findings)
    return findings
  }

  /// Another direction or format is another mapping; whatever else changed may matter to who uses it.
  func smallestStep(from old: Document, to new: Document) -> LabelStep {
    let formats: [[String]] = [["direction"], ["input"], ["output"]]
    let isSame = formats.allSatisfy {
      old.root.node(at: JSONPointer($0))?.value == new.root.node(at: JSONPointer($0))?.value
    }
    return isSame ? .minor : .major
  }

  static func check(_ mapping: Mapping, in document: Document, _ findings: inout Findings) {
    guard case .request(let rule) = mapping.rule else { return }
    for operation in rule.operations {
      guard let form = OperationForm.form(named: operation.operation) else {
        let pointer = operation.pointer.appending("operation")
        findings.add(
          Finding(
            "mapping.no-such-operation", at: pointer, place: document.root.node(at: pointer)?.place,
            arguments: ["name": .string(operation.operation)]))
        continue
      }
      let known = form.memberNames
      for member in operation.members where !known.contains(member.name) {
        findings.add(
          Finding(
            "mapping.no-such-member", at: member.pointer, place: document.root.node(at: member.pointer)?.place,
            arguments: ["operation": .string(form.word), "name": .string(member.name)]))
      }
    }
  }
}

extension OperationForm {
  /// Members that a document of a batch may have in some mode, but for `operation` and `linked`.
  fileprivate var memberNames: Set<String> {
    var names: Set = ["id", "actor", "expected_version", "tenant", "contract", "milestone"]
    names.formUnion(members.map(\.name))
    if !modeName.isEmpty { names.insert(modeName) }
    if let slot { names.insert(slot.name) }
    return names
  }
}
