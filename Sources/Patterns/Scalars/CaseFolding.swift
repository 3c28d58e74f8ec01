/// Code points that differ in case only, for the `i` flag of RE2: simple mappings, one code point to one.
enum CaseFolding {
  /// Code points that fold together, two at least each, by any member.
  private static let orbits: [UInt32: [UInt32]] = {
    var byKey: [UInt32: [UInt32]] = [:]
    for value in UInt32(0x41)...0x1E943 {
      guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenCaseMapped else { continue }
      byKey[key(of: scalar), default: []].append(value)
    }
    var orbits: [UInt32: [UInt32]] = [:]
    for orbit in byKey.values where orbit.count > 1 {
      for member in orbit { orbits[member] = orbit }
    }
    return orbits
  }()

  /// The dotted and the dotless i of Turkish stay alone, as in Unicode's simple folding.
  private static func key(of scalar: Unicode.Scalar) -> UInt32 {
    guard scalar != "\u{130}", scalar != "\u{131}" else { return scalar.value }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    return (single(upper.properties.lowercaseMapping) ?? upper).value
  }

  private static func single(_ mapping: String) -> Unicode.Scalar? {
    mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
  }

  /// `set` with everything that differs from a member in case only.
  static func closure(of set: ScalarSet) -> ScalarSet {
    if set.ranges.count == 1, let range = set.ranges.first, range.count == 1 {
      guard let orbit = orbits[range.lowerBound] else { return set }
      return ScalarSet(orbit.map { $0...$0 })
    }
    var added = set.ranges
    for (member, orbit) in orbits where set.contains(member) {
      for other in orbit where !set.contains(other) { added.append(other...other) }
    }
    return ScalarSet(added)
  }
}
