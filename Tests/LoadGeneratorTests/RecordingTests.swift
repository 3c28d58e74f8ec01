import Engine
import Foundation
import Kernel
import Testing

@testable import LoadGenerator

@Suite("Recorded operations are replayed", .serialized)
struct RecordingTests {
  /// A generated run of some contracts, as a kernel answered it.
  /// - Parameter spoil: changes the answers of the last frame.
  private func recording(_ spoil: (inout [OperationResult]) -> Void = { _ in }) -> Recording {
    var generator = LifecycleGenerator(
      run: RunIdentity(word: 77), connection: 0, seed: 5, contractCount: 20, milestoneCount: 4, tenantCount: 3,
      firstTenant: 900)
    var harness = KernelHarness()
    let frame = GeneratedFrame(operationLimit: 1_000)
    var recording = Recording(name: "a run")
    let frameCount = 6
    // What depends on the day, as the end of a suspension, is answered on the day of the replay.
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    for number in 1...frameCount {
      frame.write { generator.fill($0, now: now) }
      harness.apply(frame.slots, frame.answers, stamp: now)
      var answers = Array(frame.answers)
      if number == frameCount { spoil(&answers) }
      recording.append(frame.slots, answers)
    }
    #expect(harness.differences == [])
    _ = harness.shard.scan(from: 0, limit: 1_000) { contract, _ in recording.add(contract) }
    return recording
  }

  private func configuration(_ recording: Recording, _ port: Int) -> LoadConfiguration {
    var configuration = LoadConfiguration()
    configuration.port = port
    configuration.recording = recording
    configuration.tenantCount = recording.tenantCount
    configuration.firstTenant = 40
    configuration.connectionCount = 3
    configuration.batch = 700
    configuration.limit = .operations(40_000)
    return configuration
  }

  @Test("every copy is answered as the recording was, and totals are those of whole copies", arguments: [700, 90])
  func replay(batch: Int) async throws {
    let recording = recording()
    #expect(recording.operationCount == 6_000 && recording.contractCount >= 20 && recording.tenantCount == 3)
    #expect(recording.chainCountMax > 1)
    try await withServer { port in
      var settings = configuration(recording, port)
      settings.batch = batch
      let report = try await LoadRun(settings).run()
      #expect(report.failure == nil)
      #expect(report.differences == [])
      #expect(report.isClean && report.operations >= 40_000)
      #expect(report.rejected.reduce(0) { $0 + $1.count } > 0)
      #expect(report.totals.funded > 0 && report.contractsClosed >= recording.closedCount)
      #expect(report.json.text.contains(#""recording": "a run""#) && report.summary.contains("6,000 operations"))
    }
  }

  @Test("an answer that is another one than recorded is a difference")
  func difference() async throws {
    let recording = recording { answers in answers[500].amount += 1 }
    try await withServer { port in
      let report = try await LoadRun(configuration(recording, port)).run()
      #expect(!report.isClean && report.differenceCount > 0)
    }
  }

  @Test("what cannot be replayed is said before")
  func problems() {
    let recording = recording()
    var settings = configuration(recording, 1)
    #expect(settings.problem == nil)
    settings.batch = recording.chainCountMax - 1
    #expect(settings.problem?.contains("chain of \(recording.chainCountMax)") == true)
    settings = configuration(recording, 1)
    settings.tenantCount += 1
    #expect(settings.problem != nil)
    settings = configuration(recording, 1)
    settings.readersPerConnection = 1
    #expect(settings.problem != nil)
    settings = configuration(Recording(name: "nothing"), 1)
    settings.tenantCount = 1
    #expect(settings.problem == "nothing has no operations")
  }
}
