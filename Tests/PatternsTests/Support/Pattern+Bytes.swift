import Patterns

extension Pattern {
  func matches(_ bytes: [UInt8]) -> Bool { matches(bytes.span) }
}
