/// Used bank references leave memory and are asked for: what the owner of an archive works with.
///
/// References stay used for ever, and far too many are ever used to keep them. Whether one is in memory never changes an
/// answer or a digest, as long as the owner asks its archive for those that a group names (`referenceNamer`), and recalls the
/// ones that are there before it applies the group. Here a reference is the 128-bit digest that stands for it.
extension Shard {
  /// Names the references of a group.
  public var referenceNamer: ReferenceNamer { references.namer }

  /// Sets all references in memory aside for the archive, if there are at least `countMin`.
  ///
  /// To be called at a cut, right before `beginCheckpoint`, so that the image holds exactly what is aside. New references
  /// are kept apart from then on. What is aside still counts; it leaves with `removeReferencesAside`.
  /// - Returns: how many are aside; 0 when there were fewer.
  public mutating func setReferencesAside(atLeast countMin: Int) -> Int { references.setAside(atLeast: countMin) }

  /// Some of the references that are aside.
  /// - Precondition: so many are.
  public func referencesAside(_ places: Range<Int>) -> [UInt128] { references.copyAside(places) }

  /// Lets go of the references that are aside: the archive has them all, and answers for them.
  /// - Precondition: `count` are aside, as `setReferencesAside` said.
  public mutating func removeReferencesAside(_ count: Int) { references.removeAside(count) }

  /// The section of an image that holds references. Once the archive has them the image may do without: an empty section is
  /// as good.
  public static var referenceSectionKind: UInt8 { SectionKind.references }

  /// The archive has a reference that the group names: it counts as used until `forgetRecalledReferences`.
  public mutating func recall(reference: UInt128) { references.recall(reference) }

  /// The group is done.
  public mutating func forgetRecalledReferences() { references.forgetRecalled() }

  /// Whether a reference is in memory, so that the archive's row adds nothing.
  public func holds(reference: UInt128) -> Bool { references.holds(reference) }

  /// References in memory.
  public var referenceCount: Int { references.count }

  /// What an archived reference adds to the digest of its shard.
  public static func digest(ofReference reference: UInt128) -> UInt64 { ReferenceSet.digest(of: reference) }
}
