import Client
import HTTPTypes
import Kernel
import Wire

/// Counts a tenant's contracts, some with each request, until all are counted.
///
/// Each contract is as it is when it is read, and counts once. What was pruned is not there any more; its sums are in the ledger.
actor CensusTaker {
  let tenant: UInt32
  /// Tells one census from another, in cursors.
  let number: UInt64
  private var census = TenantCensus()
  /// Contracts that were counted: one that is archived meanwhile is met again.
  private var counted: Set<UInt128> = []
  /// Where the next read goes on; nil when all were counted.
  private var cursor: UInt64? = 0
  /// What cannot be counted; the census is of no use then.
  private var hasFailed = false
  private var asked = ContinuousClock.now
  private let turns = Turns()

  /// Contracts that are counted at most. Who has more asks for contracts, and counts them.
  static let contractCountMax = 1 << 18
  /// Reads of one request, each of up to 1,000 contracts. Who needs more comes again, and it goes on there.
  private static let readCountMax = 64
  /// Who comes later than that begins anew: what was counted is too old.
  private static let patience = Duration.seconds(10)

  init(tenant: UInt32, number: UInt64) { (self.tenant, self.number) = (tenant, number) }

  /// Whether a request may go on with it.
  var isUnfinished: Bool { cursor != nil && !hasFailed && .now - asked < Self.patience }

  /// The census, when it is complete.
  ///
  /// - Throws: `Problem`: there is more to count than one request may, or than may be counted; or the kernel cannot be asked.
  func result(asking session: KernelSession) async throws(Problem) -> TenantCensus {
    try await turns.take { await self.count(asking: session) }.get()
    return census
  }

  private func count(asking session: KernelSession) async -> Result<Void, Problem> {
    asked = .now
    guard !hasFailed else { return .failure(.tooMuchToCount) }
    var reads = 0
    while let start = cursor {
      guard reads < Self.readCountMax else { return .failure(.unfinishedCensus) }
      reads += 1
      let page: ReadPage<Wire.ContractRecord>
      do throws(ClientError) {
        page = try await session.client.contracts(tenant: tenant, cursor: start, limit: 1_000)
      } catch {
        // The place in the archive was forgotten: all is counted anew.
        guard error == .readStatus(.badCursor) else { return .failure(session.failed(error)) }
        (census, counted, cursor) = (TenantCensus(), [], 0)
        continue
      }
      for record in page.records where counted.insert(record.contract).inserted {
        guard counted.count <= Self.contractCountMax, census.add(record) else {
          hasFailed = true
          return .failure(.tooMuchToCount)
        }
      }
      cursor = page.next
    }
    counted = []
    return .success(())
  }
}

extension Problem {
  static let unfinishedCensus = unavailable(
    "census_unfinished",
    "there are many contracts: what was counted so far is kept, and the same request goes on from there")

  static let tooMuchToCount = Problem(
    .unprocessableContent, "too_much_to_count",
    "there are more than \(CensusTaker.contractCountMax) contracts, or sums past 64 bits: list the contracts")
}
