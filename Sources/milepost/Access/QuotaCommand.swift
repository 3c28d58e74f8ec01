import Access
import ArgumentParser

/// `milepost quota`: how many operations a second a tenant may submit.
struct QuotaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota",
    abstract: "Set, list and clear the quotas of tenants.",
    discussion: """
      A submit with an operation of a tenant that has used up its quota is answered "busy", with the time after which to
      send it again; nothing is lost. Without --tenant a quota is for each tenant that has none of its own.
      What lets somebody submit more than now waits for another administrator: milepost key approve.

      EXAMPLES
        milepost quota set --tenant 7 --rate 10000 --connect 127.0.0.1:7420 --key-file administrator-1.key
        milepost quota set --rate 100000 --burst 500000 --store ./data
        milepost quota list --store ./data
      """, subcommands: [Set.self, List.self, Clear.self])

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set a quota; one that takes away holds at once.")
    @Option(help: ArgumentHelp("The tenant; without it every tenant that has none of its own.", valueName: "number"))
    var tenant: UInt32?
    @Option(help: ArgumentHelp("Operations a second over a longer time.", valueName: "count")) var rate: Int
    @Option(help: ArgumentHelp("Operations at once after a pause. Default: those of a second.", valueName: "count"))
    var burst: Int?
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      let quota = Quota(operationsPerSecond: rate, burst: burst)
      try report(await desk.perform(.setQuota(tenant: tenant, quota: quota)), desk)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the quotas.")
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      guard case .quotas(let quotas) = try await desk.perform(.listQuotas), !desk.json else { return }
      print(
        columns(
          [["TENANT", "OPERATIONS A SECOND", "AT ONCE"]]
            + quotas.map {
              [$0.tenant.map { "\($0)" } ?? "others", "\($0.quota.operationsPerSecond)", "\($0.quota.burst)"]
            }))
    }
  }

  struct Clear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Clear a quota.")
    @Option(help: ArgumentHelp("The tenant; without it the quota of all others.", valueName: "number"))
    var tenant: UInt32?
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      try report(await desk.perform(.clearQuota(tenant: tenant)), desk)
    }
  }
}
