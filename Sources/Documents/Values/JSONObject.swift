/// The members of an object in their order, found by name.
///
/// Equality does not see the order. A name is there once. Small objects are searched from the front; above
/// `indexedFrom` members there is a table.
public struct JSONObject: Sendable {
  public struct Member: Hashable, Sendable {
    public let name: String
    public var value: JSONValue

    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }

    public static func == (left: Member, right: Member) -> Bool {
      left.name.isSameText(as: right.name) && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(ExactText(name))
      hasher.combine(value)
    }
  }

  private static let indexedFrom = 12

  private var members: [Member] = []
  /// Of every name its position, or empty while the object is small.
  private var positions: [ExactText: Int] = [:]

  public init() {}

  public var names: [String] { members.map(\.name) }

  /// The value of a member. Setting replaces in place or appends; setting nil removes.
  /// - Complexity: O(1) to look up and to set; O(`count`) to remove.
  public subscript(name: String) -> JSONValue? {
    get { position(of: name).map { members[$0].value } }
    set {
      switch (position(of: name), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil): remove(at: position)
      case (nil, let value?): append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Where the member of this name is.
  public func position(of name: String) -> Int? {
    if positions.isEmpty { return members.firstIndex { $0.name.isSameText(as: name) } }
    return positions[ExactText(name)]
  }

  /// Calls `body` with the member's value to change it in place.
  /// - Returns: nil when there is no such member.
  mutating func update<Result, Failure: Error>(
    _ name: String, _ body: (inout JSONValue) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let position = position(of: name) else { return nil }
    return try body(&members[position].value)
  }

  private mutating func append(_ member: Member) {
    members.append(member)
    if !positions.isEmpty {
      positions[ExactText(member.name)] = members.count - 1
    } else if members.count >= Self.indexedFrom {
      for (position, member) in members.enumerated() { positions[ExactText(member.name)] = position }
    }
  }

  private mutating func remove(at position: Int) {
    let removed = members.remove(at: position)
    guard !positions.isEmpty else { return }
    positions[ExactText(removed.name)] = nil
    for later in position..<members.count { positions[ExactText(members[later].name)] = later }
  }
}

extension JSONObject: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }

  /// The member at a position.
  public subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: Hashable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count
      && left.members.enumerated().allSatisfy { position, member in
        // Mostly both are in the same order.
        right.members[position].name.isSameText(as: member.name)
          ? right.members[position].value == member.value : right[member.name] == member.value
      }
  }

  public func hash(into hasher: inout Hasher) {
    // The sum does not depend on the order.
    var sum = 0
    for member in members {
      var own = Hasher()
      own.combine(member)
      sum &+= own.finalize()
    }
    hasher.combine(sum)
  }
}
