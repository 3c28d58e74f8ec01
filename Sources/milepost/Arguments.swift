public import Access
public import ArgumentParser
public import Formats
public import Gateway

extension OperationFormat: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument) }
}

extension Role: ExpressibleByArgument {}

extension RateLimit: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// A 128-bit id, decimal.
func parseIdentifier(_ text: String) throws -> UInt128 {
  guard let id = UInt128(text) else { throw ValidationError("'\(text)' is no decimal number below 2^128") }
  return id
}

/// Why a command could not do what was asked, said without its usage: the command was called as it should be.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
