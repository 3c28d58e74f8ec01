/// Makes the entries of a tape, in the order of the text, within the limits.
struct TapeBuilder {
  private struct Open {
    var index: Int
    var count: Int
    var isObject: Bool
  }

  private(set) var entries: [TapeEntry] = []
  var arena: [UInt8] = []
  private var open: [Open] = []
  private let limits: DocumentLimits
  private var names = DuplicateNames()

  init(_ limits: DocumentLimits, expectedCount: Int) {
    self.limits = limits
    entries.reserveCapacity(min(expectedCount, limits.valueCountMax) + 16)
  }

  /// What a scalar's entry that is appended now has as its next one.
  var nextIndex: Int { entries.count + 1 }

  var isInside: Bool { !open.isEmpty }

  /// - Precondition: something is open.
  var innermost: (isObject: Bool, isEmpty: Bool) {
    let last = open[open.count - 1]
    return (last.isObject, last.count == 0)
  }

  mutating func append(_ entry: TapeEntry) throws(ReadFault) {
    guard entries.count < limits.valueCountMax else {
      throw ReadFault(
        .tooManyValues, at: Int(entry.place), arguments: ["limit": .integer(Int64(limits.valueCountMax))])
    }
    entries.append(entry)
  }

  /// Begins an array or object.
  mutating func open(isObject: Bool, place: Int) throws(ReadFault) {
    guard open.count < limits.depthMax else {
      throw ReadFault(.tooDeep, at: place, arguments: ["limit": .integer(Int64(limits.depthMax))])
    }
    open.append(Open(index: entries.count, count: 0, isObject: isObject))
    try append(TapeEntry(isObject ? .object : .array, place: place, next: 0))
  }

  /// One more element or member of the innermost container.
  mutating func countOne() { open[open.count - 1].count += 1 }

  /// Ends the innermost container.
  /// - Precondition: something is open.
  mutating func close() -> (index: Int, count: Int, isObject: Bool) {
    let last = open.removeLast()
    entries[last.index].close(count: last.count, next: entries.count)
    return (last.index, last.count, last.isObject)
  }

  /// Two names of a closed object that are the same, by their entries, the earlier one first.
  /// - Parameter text: what entries outside the arena speak of.
  mutating func duplicateNames(at object: Int, text: Span<UInt8>) -> (Int, Int)? {
    // Taken out for the time, so that it is not copied while it changes.
    var names = DuplicateNames()
    swap(&names, &self.names)
    defer { self.names = names }
    return names.find(in: entries, object, text: text, arena: arena.span)
  }

  /// The fault of two names that are the same.
  func duplicateFault(_ first: Int, _ second: Int, text: Span<UInt8>) -> ReadFault {
    let entry = entries[second]
    let source = entry.isInArena ? arena.span : text
    let name = String(decoding: entry.bytes.map { source[$0] }, as: UTF8.self)
    return ReadFault(
      .duplicateName, at: Int(entry.place), and: Int(entries[first].place), arguments: ["name": .string(name)])
  }
}
