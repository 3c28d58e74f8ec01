extension DocumentNode {
  /// Where the value or name begins in the text.
  /// - Complexity: O(bytes before it). Kept nowhere: places are for people, and there are few.
  public var place: TextPlace { TextPlace(of: byteOffset, in: tape.text) }

  /// Where the value or name begins in the text, in bytes.
  public var byteOffset: Int { Int(entry.place) }

  /// The way here from the root. A member's name has the pointer of its value.
  /// - Complexity: O(siblings on the way).
  public var pointer: JSONPointer {
    var tokens: [String] = []
    var (current, isFound) = (0, index == 0)
    while !isFound {
      let container = tape.entries[current]
      var (position, ordinal) = (current + 1, 0)
      let isObject = container.plainKind == .object
      while position < container.next {
        let value = isObject ? position + 1 : position
        let next = tape.entries[value].next
        if index < next {
          tokens.append(isObject ? DocumentNode(tape, position).string ?? "" : String(ordinal))
          current = value
          break
        }
        position = next
        ordinal += 1
      }
      isFound = index <= current
    }
    return JSONPointer(tokens)
  }
}
