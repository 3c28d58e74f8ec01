import HTTPTypes
import Marketplace

extension Problem {
  /// What a marketplace refuses.
  init(_ error: MarketplaceError) {
    switch error {
    case .notFound(let subject): self = .notFound(subject.rawValue)
    case .notYours: self.init(.forbidden, "not_authorised", "it is for the listing's own tenant, or for the platform")
    case .invalid(let field): self.init(MemberFaults(field.rawValue, "is not possible"))
    case .tooMany(let field): self.init(.conflict, "too_many", "there are too many \(field.rawValue)")
    case .noLabel: self.init(.conflict, "no_label", "a version without a label cannot be offered")
    case .notApproved(let state):
      self.init(.conflict, "not_approved", "the version is \(state); what is offered was approved, and is not retired")
    case .notSigned: self.init(.conflict, "not_signed", "the publisher has not signed the version")
    case .stepTooSmall(let label):
      self.init(.conflict, "step_too_small", "the label is too small a step behind \(label)")
    case .takenDown: self.init(.conflict, "taken_down", "the listing was taken down")
    case .alreadyThere: self.init(.conflict, "already_there", "it is so already")
    case .ownListing: self.init(.conflict, "own_listing", "nobody installs, rates or reports a listing of their own")
    case .notUsed: self.init(.forbidden, "not_used", "who has made no contract of it does not rate it")
    case .needsOtherPerson(let conflict):
      self.init(
        .forbidden, "other_person_needed",
        conflict == .program
          ? "a key that acts for a person confirms it" : "another person than who proposed it confirms it")
    case .notNext: self.init(.internalServerError, "internal_error", "uses were counted by somebody else")
    case .repository(let error): self.init(error)
    }
  }
}
