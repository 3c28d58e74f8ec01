public import Repository

/// Why something was not done. Nothing was changed then, unless the store failed: see `RepositoryError.store`.
public enum MarketplaceError: Error, Hashable, Sendable {
  /// There is none, or it is not for the viewer's eyes.
  case notFound(Subject)
  /// It can be read but is not the viewer's to change, or it is for the platform alone.
  case notYours
  case invalid(Field)
  case tooMany(Field)
  /// The version has no label.
  case noLabel
  /// The version is not to be used by its own tenant, or no longer.
  case notApproved(Lifecycle.State)
  /// There is no signature by that publisher, or it no longer fits the version.
  case notSigned
  /// The label is not a large enough step behind the one that was offered last.
  case stepTooSmall(behind: Label)
  case takenDown
  /// It is so already: installed, verified, proposed, taken down.
  case alreadyThere
  /// One's own listing is neither installed nor rated nor reported.
  case ownListing
  /// Who did not run it does not rate it.
  case notUsed
  /// A takedown is for another person to confirm.
  case needsOtherPerson(Conflict)
  /// The stretch of the log does not begin where the last one ended.
  case notNext(countedThrough: UInt64)
  /// The repository refused, or failed.
  case repository(RepositoryError)

  public enum Subject: String, Sendable {
    case listing, release, publisher, install, rating, report, takedown, successor
  }

  public enum Field: String, Sendable {
    case title, summary, facets, audience, text, reason, stars, words, count, cursor, kind, reference, viewer, stretch
    case releases, publishers, uses
  }

  /// Whom the one who confirms must not be.
  public enum Conflict: String, Sendable {
    /// Programs do not confirm.
    case program
    case proposer
  }

  init(_ error: RepositoryError) { self = error == .notYours ? .notYours : .repository(error) }

  /// Does what only the repository can refuse.
  static func mapping<Value>(
    _ body: () throws(RepositoryError) -> Value
  ) throws(MarketplaceError) -> Value {
    do throws(RepositoryError) { return try body() } catch { throw MarketplaceError(error) }
  }
}
