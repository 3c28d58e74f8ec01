import Engine
import Foundation
import LoadGenerator
import Server
import Testing

/// Whole runs against a server in this process, on a store in a temporary directory.
@Suite(.serialized) struct LoadRunTests {
  private func small(_ port: Int) -> LoadConfiguration {
    var configuration = LoadConfiguration()
    configuration.port = port
    configuration.tenantCount = 5
    configuration.contractCount = 60
    configuration.connectionCount = 3
    configuration.batch = 500
    configuration.inFlight = 3
    configuration.warmStepsPerContract = 20
    configuration.limit = .operations(60_000)
    return configuration
  }

  @Test func closedLoopIsPredictedAndItsTotalsAreEqual() async throws {
    try await withServer { port in
      let report = try await LoadRun(small(port)).run()
      #expect(report.failure == nil)
      #expect(report.differences == [])
      #expect(report.isClean)
      #expect(report.isDurable)
      #expect(report.operations >= 60_000)
      #expect(report.inFlightMax > 500 && report.inFlightMax <= 3 * 3 * 500)
      #expect(report.latency.p50 > 0 && report.latency.p50 <= report.latency.p99)
      #expect(report.latency.p99 <= report.latency.max)
      #expect(report.rejected.reduce(0) { $0 + $1.count } > 0)
      #expect(report.totals.funded > 0 && report.totals.paidOut > 0)
      let json = report.json.text
      for key in [
        "operationsAcknowledged", "operationsPerSecond", "rejected", "latencyMicroseconds", "course", "maxInFlight",
        "durable",
      ] {
        #expect(json.contains("\"\(key)\":"))
      }
    }
  }

  /// One operation a frame: contracts are set up over many frames, chains fall apart into single operations.
  @Test func singleOperationsArePredicted() async throws {
    try await withServer { port in
      var configuration = small(port)
      configuration.batch = 1
      configuration.inFlight = 16
      configuration.limit = .operations(5_000)
      let report = try await LoadRun(configuration).run()
      #expect(report.differences == [])
      #expect(report.isClean)
      #expect(report.operations >= 5_000)
    }
  }

  /// Contracts are read while they change: what is settled is compared whole, the rest by version.
  @Test func readsShowWhatWasAnswered() async throws {
    try await withServer { port in
      var configuration = small(port)
      configuration.batch = 50
      configuration.readersPerConnection = 8
      let report = try await LoadRun(configuration).run()
      #expect(report.differences == [])
      #expect(report.isClean)
      #expect(report.reads > 100)
      #expect(report.readsCompared > 100)
      #expect(report.readLatency.p50 > 0 && report.readLatency.p50 <= report.readLatency.p99)
      #expect(report.json.text.contains("\"milestonesCompared\":"))
    }
  }

  @Test func openLoopKeepsItsRate() async throws {
    try await withServer { port in
      var configuration = small(port)
      configuration.batch = 50
      configuration.inFlight = 64
      configuration.rate = 20_000
      configuration.limit = .duration(seconds: 1)
      let report = try await LoadRun(configuration).run()
      #expect(report.differences == [])
      #expect(report.isClean)
      // Every frame due within the second is sent, however late.
      #expect(report.operations == 20_000)
    }
  }

  @Test func theHighestRateIsFoundAndConfirmed() async throws {
    try await withServer { port in
      var configuration = small(port)
      configuration.batch = 50
      // Any rate holds this, so the search must end next to what a closed loop reaches.
      configuration.search = RateSearch(p99Milliseconds: 60_000, secondsPerStep: 1)
      let report = try await LoadRun(configuration).run()
      #expect(report.differences == [])
      #expect(report.isClean)
      #expect(report.steps.count > 3)
      #expect(report.steps[0].offered == nil)
      let found = try #require(report.highestRate)
      #expect(found > report.steps[0].operationsPerSecond / 100)
      #expect(report.steps.last?.holds == true && report.steps.last?.offered == found)
      #expect(report.json.text.contains("\"highestRate\":"))
    }
  }

  /// Two runs on one store never share an id; totals are compared as differences from the start.
  @Test func aSecondRunOnTheSameTenantsIsEqualToo() async throws {
    try await withServer { port in
      for _ in 0..<2 {
        let report = try await LoadRun(small(port)).run()
        #expect(report.differences == [])
        #expect(report.isClean)
      }
    }
  }

  /// Goal: the comparison of totals can fail. Method: another run changes the same tenants meanwhile.
  @Test func aForeignChangeShowsInTheTotals() async throws {
    try await withServer { port in
      let configuration = small(port)
      async let one = LoadRun(configuration).run()
      async let two = LoadRun(configuration).run()
      let reports = try await [one, two]
      #expect(reports.contains { !$0.isClean && $0.tenantsDiffering > 0 })
      #expect(reports.allSatisfy { $0.differenceCount == 0 })
    }
  }

  @Test func aServerThatIsNotThereIsAnError() async throws {
    var configuration = small(1)
    configuration.giveUpSeconds = 1
    await #expect(throws: (any Error).self) { try await LoadRun(configuration).run() }
  }
}
