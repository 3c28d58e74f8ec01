import Testing

@testable import Kernel

/// The index against a dictionary, through growth in steps, with removals and equal tags on the way.
@Suite struct HashIndexTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>) func agreesWithADictionary(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Mixer.fold(state, 0xD6E8_FEB8_6659_FD93)
    }
    // From an even spread to hashes that all begin at a few places.
    let spread = [UInt64.max, 0xFFFF << 32, 0x3F << 32][Int(seed % 3)]
    let removalPercent = [0, 1, 20, 45][Int(seed % 4)]
    var index = HashIndex(capacityLog: 3)
    var expected: [Int: UInt64] = [:]
    var keys: [Int] = []
    for number in 0..<3_000 {
      if !keys.isEmpty, random() % 100 < UInt64(removalPercent) {
        let place = Int(random() % UInt64(keys.count))
        let key = keys[place]
        keys.swapAt(place, keys.count - 1)
        keys.removeLast()
        index.remove(expected[key]!, key)
        expected[key] = nil
        #expect(index.find(UInt64(truncatingIfNeeded: key)) { _ in false } == nil)
      } else {
        let hash = random() & spread
        index.insert(hash, number)
        expected[number] = hash
        keys.append(number)
      }
      #expect(index.count == expected.count)
      // A few at every step, all now and then.
      let sample =
        number % 500 == 499 ? keys : (0..<min(3, keys.count)).map { _ in keys[Int(random() % UInt64(keys.count))] }
      for key in sample {
        let found = index.find(expected[key]!) { $0 == key }
        #expect(found == key, "seed \(seed), after \(number) steps")
      }
    }
    for number in 0..<3_000 where expected[number] == nil {
      let found = index.find(random() & spread) { $0 == number }
      #expect(found == nil)
    }
    index.removeAll()
    for key in keys {
      let found = index.find(expected[key]!) { $0 == key }
      #expect(found == nil)
    }
  }
}
