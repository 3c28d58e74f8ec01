public import Repository

/// Contracts of one tenant that were made of a listing's version on one day, or closed.
public struct Use: Hashable, Sendable {
  public enum Event: UInt8, CaseIterable, Sendable {
    case made = 0
    case closed
  }

  public var tenant: Tenant
  public var listing: DocumentID
  public var label: Label
  public var event: Event
  /// At least 1.
  public var count: UInt32
  /// Since 1 January 1970; whose day it is the caller decides.
  public var day: UInt32

  public init(
    of tenant: Tenant, _ listing: DocumentID, _ label: Label, _ event: Event, count: UInt32 = 1, on day: UInt32
  ) {
    self.tenant = tenant
    self.listing = listing
    self.label = label
    self.event = event
    self.count = count
    self.day = day
  }
}

/// A part of the log of contracts: what is behind one position, up to and with another.
public struct LogStretch: Hashable, Sendable {
  public var after: UInt64
  public var through: UInt64

  public init(after: UInt64, through: UInt64) {
    self.after = after
    self.through = through
  }
}

/// How often a version was used on one day.
public struct DayUse: Hashable, Sendable {
  public let label: Label
  /// Since 1 January 1970.
  public let day: UInt32
  public let contractCount: UInt64
  public let closedCount: UInt64

  public init(label: Label, day: UInt32, contractCount: UInt64 = 0, closedCount: UInt64 = 0) {
    self.label = label
    self.day = day
    self.contractCount = contractCount
    self.closedCount = closedCount
  }
}
