public import ArgumentParser
public import Issuers
import Logging

/// `URL,AUDIENCE,KEYS`.
extension Issuer: ExpressibleByArgument {
  public init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    do throws(IssuerError) {
      try self.init(url: String(parts[0]), audience: String(parts[1]), keys: String(parts[2]))
    } catch { return nil }
  }
}

/// For what libraries of ours have to say to the operator.
func standardErrorLogger(_ label: String) -> Logger {
  Logger(label: label) { StreamLogHandler.standardError(label: $0) }
}
