public import Access
import HTTPTypes
import HummingbirdCore
import Logging
import NIOPosix
import Store

/// The trail of what was changed and what was refused over HTTP: which key, from where, which route, how it was answered. What the operations
/// were is in the kernel's log, and what keys did to keys in the server's trail.
///
/// Equal requests of one second are one row. A crash loses what was not written, a second at most.
final class RequestAudit: Sendable {
  let trail: AuditTrail
  private let logger: Logger
  private let writing: Task<Void, Never>

  init(_ trail: AuditTrail, logger: Logger) {
    self.trail = trail
    self.logger = logger
    writing = Task {
      // Cancelled when the gateway stops, which ends the sleep.
      while (try? await Task.sleep(for: .seconds(1))) != nil { await Self.write(trail, logger) }
    }
  }

  private static func write(_ trail: AuditTrail, _ logger: Logger) async {
    guard trail.isPending else { return }
    do {
      // The disk is not for an event loop.
      try await NIOThreadPool.singleton.runIfActive { try trail.flush() }
    } catch is CancellationError {
      // It stops before the disk was asked: `stop` writes the rest.
    } catch {
      logger.error("the audit trail cannot be written", metadata: ["error": "\(error)"])
    }
  }

  /// Counts a request that was answered, if it was to change something, or was refused.
  func note(
    _ request: Request, _ match: RouteTable.Match, _ status: HTTPResponse.Status,
    from address: @autoclosure () -> String, _ record: CallRecord, at now: Int64
  ) {
    let isReading = request.method == .get || request.method == .head
    // What is not there was not refused.
    guard status.code >= 400 ? !(isReading && [404, 410].contains(status.code)) : !isReading else { return }
    var subject = "\(match.route?.name ?? "no such path")"
    // Only whose key is proved names tenants: else everybody could make rows that are all different.
    if record.key != nil, case .found(_, let parameters) = match, let tenant = parameters[.tenant],
      Identifier.decimal(tenant, UInt32.self) != nil
    {
      subject += " of tenant \(tenant.prefix(10))"
    }
    subject += ": \(status.code)"
    if let code = record.code { subject += " \(code)" }
    trail.note(
      AuditEvent(
        status.code >= 400 ? .requestRefused : .requestMade, at: now, key: record.key, address: address(),
        subject: subject, trace: record.trace?.id))
  }

  /// Writes what is left.
  func stop() async {
    writing.cancel()
    await writing.value
    // A task of its own: what is cancelled writes nothing.
    await Task { await Self.write(trail, logger) }.value
  }
}

extension AuditTrail.Tables {
  /// Those of a gateway. Key: the number, u64 big-endian. Value: a row of `AuditEvent`.
  public static let gateway = AuditTrail.Tables(
    decisions: CatalogTable(rawValue: 80), caused: CatalogTable(rawValue: 81))
}
