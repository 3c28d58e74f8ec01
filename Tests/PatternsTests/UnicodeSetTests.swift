import Testing

@testable import Patterns

/// The sets against what the standard library says of each code point.
@Suite("Sets of code points")
struct UnicodeSetTests {
  @Test("categories cover every code point once")
  func categories() throws {
    let groups = try ["L", "M", "N", "P", "S", "Z", "C"].map { name in
      try #require(UnicodeProperties.set(named: name, allowsBareScript: false))
    }
    let total = groups.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.count } }
    #expect(total == 0x110000)
    #expect(ScalarSet(groups.flatMap(\.ranges)) == .all)
  }

  @Test("what a walk passes over is as it says")
  func uniformPlanes() {
    let wrong = (UInt32(0x40000)...0x10FFFF).first { value in
      Unicode.Scalar(value)?.properties.generalCategory != UnicodeCategories.category(of: value)
    }
    #expect(wrong == nil)
  }

  @Test("long names mean what short ones do")
  func names() throws {
    for (short, long) in [
      ("L", "Letter"), ("Lu", "Uppercase_Letter"), ("M", "Combining_Mark"), ("Nd", "digit"), ("P", "punct"),
      ("Cc", "cntrl"), ("Alpha", "Alphabetic"), ("space", "White_Space"), ("Upper", "Uppercase"),
      ("sc=Deva", "Script=Devanagari"), ("gc=LC", "General_Category=Cased_Letter"),
    ] {
      let set = try #require(UnicodeProperties.set(named: short, allowsBareScript: false))
      #expect(set == UnicodeProperties.set(named: long, allowsBareScript: false))
      #expect(!set.ranges.isEmpty)
    }
  }

  @Test("a property is true of its members only")
  func binaryProperty() throws {
    let set = try #require(UnicodeProperties.set(named: "Alphabetic", allowsBareScript: false))
    for value in stride(from: UInt32(0), through: ScalarSet.scalarMax, by: 7) {
      #expect(set.contains(value) == (Unicode.Scalar(value)?.properties.isAlphabetic ?? false))
    }
  }

  /// Counts of Scripts.txt of Unicode 14; later versions only add.
  @Test("scripts have the code points of the standard")
  func scripts() throws {
    for (name, count) in [
      ("Devanagari", 154), ("Bengali", 96), ("Gujarati", 91), ("Gurmukhi", 80), ("Kannada", 90), ("Malayalam", 118),
      ("Oriya", 91), ("Tamil", 123), ("Telugu", 100), ("Ol_Chiki", 48), ("Meetei_Mayek", 79), ("Latin", 1475),
      ("Greek", 518), ("Cyrillic", 443), ("Sinhala", 111), ("Arabic", 1365),
    ] {
      let set = try #require(UnicodeScripts.set(named: name))
      let assigned = set.ranges.reduce(0) { $0 + $1.count }
      #expect((count...count + count / 20 + 11).contains(assigned), "\(name) has \(assigned)")
    }
    let devanagari = try #require(UnicodeScripts.set(named: "Deva"))
    #expect(!devanagari.contains(0x964), "the danda belongs to many scripts")
  }

  @Test("sets obey the laws of sets")
  func laws() {
    var generator = SplitMix(state: 3)
    for _ in 0..<500 {
      func random() -> ScalarSet {
        ScalarSet(
          (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            let low = UInt32.random(in: 0...40, using: &generator)
            return low...low + UInt32.random(in: 0...9, using: &generator)
          })
      }
      let (one, other) = (random(), random())
      #expect(one.complement.complement == one)
      let (union, intersection) = (one.union(other), one.intersection(other))
      for value in UInt32(0)...52 {
        #expect(union.contains(value) == (one.contains(value) || other.contains(value)))
        #expect(intersection.contains(value) == (one.contains(value) && other.contains(value)))
        #expect(one.complement.contains(value) != one.contains(value))
      }
      for (left, right) in zip(union.ranges, union.ranges.dropFirst()) {
        #expect(left.upperBound + 1 < right.lowerBound)
      }
    }
  }
}
