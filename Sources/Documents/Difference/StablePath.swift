/// A way to a value that stays right when elements move: it names them by their keys where they have any.
public struct StablePath: Hashable, Sendable {
  public enum Step: Sendable {
    case member(String)
    case element(ElementKey)
    /// Of an element without a key, from 0.
    case position(Int)
  }

  public let steps: [Step]

  public static let root = StablePath([])

  public init(_ steps: [Step]) { self.steps = steps }

  func appending(_ step: Step) -> StablePath { StablePath(steps + [step]) }

  /// The pointer to the value in one document; nil when it is not there.
  public func pointer(in value: JSONValue) -> JSONPointer? {
    var (tokens, value): ([String], JSONValue) = ([], value)
    for step in steps {
      let token: String?
      switch step {
      case .member(let name): token = name
      case .position(let position): token = String(position)
      case .element(let key): token = value.array?.firstIndex { ElementKey(of: $0) == key }.map { String($0) }
      }
      guard let token, let inner = value.value(at: JSONPointer([token])) else { return nil }
      tokens.append(token)
      value = inner
    }
    return JSONPointer(tokens)
  }
}

extension StablePath.Step: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.member(let left), .member(let right)): left.isSameText(as: right)
    case (.element(let left), .element(let right)): left == right
    case (.position(let left), .position(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .member(let name): hasher.combine(ExactText(name))
    case .element(let key): hasher.combine(key)
    case .position(let position): hasher.combine(position)
    }
  }
}

extension StablePath: CustomStringConvertible {
  /// For people: `/milestones/[id=m3]/share`.
  public var description: String {
    steps.map { step in
      switch step {
      case .member(let name): JSONPointer([name]).description
      case .element(let key): "/\(key)"
      case .position(let position): "/\(position)"
      }
    }.joined()
  }
}
