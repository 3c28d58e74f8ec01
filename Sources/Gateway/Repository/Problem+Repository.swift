import Documents
import HTTPTypes
import Repository
import Texts

extension Problem {
  /// What a repository refuses.
  init(_ error: RepositoryError) {
    switch error {
    case .notFound(let subject): self = .notFound(subject == .reference ? "document" : subject.rawValue)
    case .notYours: self.init(.forbidden, "not_authorised", "the document can be read, and is not yours to change")
    case .moved(let current):
      self.init(
        .preconditionFailed, "version_conflict",
        current.map { "the document's newest version is \($0): name it in If-Match" }
          ?? "there is no such document yet: leave If-Match away")
      if let current { headers[.eTag] = "\"\(current)\"" }
    case .alreadyThere: self.init(.conflict, "already_there", "it is there already")
    case .invalid(let field): self.init(MemberFaults(field.rawValue, "is not possible"))
    case .tooLarge(let byteCountMax):
      self.init(.contentTooLarge, "too_large", "a document has at most \(byteCountMax) bytes")
    case .document(let fault): self.init(fault)
    case .illegalStep(let from, let to):
      self.init(.conflict, "illegal_step", "a version that is \(from) does not become \(to)")
    case .needsOtherPerson(let conflict): self.init(.forbidden, "other_person_needed", conflict.detail)
    case .unmet(let findings): self.init(findings)
    case .timeTaken(let version): self.init(.conflict, "time_taken", "at that time version \(version) comes in force")
    case .tagTaken(let version): self.init(.conflict, "tag_taken", "the tag names version \(version), and stays there")
    case .alreadyMerged: self.init(.conflict, "already_merged", "the document has all of that version")
    case .unrelated: self.init(.conflict, "unrelated", "the versions have nothing in common to merge from")
    case .walkTooLong: self.init(.conflict, "too_far_back", "the answer lies too far back in the history")
    case .badSignature: self.init(MemberFaults("signature", "is not the key's signature of the version"))
    case .otherKey: self.init(.conflict, "other_key", "the publisher signs with another key")
    case .tooMany(let field): self.init(.conflict, "too_many", "there are too many \(field.rawValue)")
    case .damaged, .store:
      self.init(
        .serviceUnavailable, "store", "the document store failed; if this was a change, look whether it was made")
    }
  }

  /// A text that is no document.
  init(_ fault: DocumentFault) {
    let finding = Finding(fault)
    let text = FindingTexts.documents.text(of: finding, in: Language.english.tag)
    self.init(
      .unprocessableContent, "invalid_text", "line \(fault.place.line), column \(fault.place.column): \(text)")
  }
}

extension RepositoryError.Conflict {
  fileprivate var detail: String {
    switch self {
    case .program: "money can change by this document: a key that acts for a person approves it"
    case .author: "money can change by this document: somebody else than its author approves it"
    case .checker: "money can change by this document: somebody else than who had it checked approves it"
    }
  }
}
