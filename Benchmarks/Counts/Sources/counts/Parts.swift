import Engine
import Foundation
import Kernel
import Store
import Wire

// Does one part of the path an operation takes, for `tools/bench --check` to count the instructions of: those inside of `counted`.
// The same work every time: no clock, no thread and no random number of the run's own.

/// What is counted. Its name is known outside.
@_silgen_name("milepost_counted") @inline(never)
func counted() { work() }

/// Set before `counted` is called.
nonisolated(unsafe) var work: () -> Void = {}

nonisolated(unsafe) let frames = LifecycleFrames(milestones: 8 * 1_024, tenants: 64)
/// Operations counted, and bytes where the part writes any.
nonisolated(unsafe) var operations = 0
nonisolated(unsafe) var bytes = 0

/// Shards that reserve no more address space than valgrind gives.
var shardConfiguration: ShardConfiguration {
  var configuration = ShardConfiguration()
  configuration.contractCountMax = 1 << 14
  configuration.milestoneCountMax = 1 << 17
  configuration.referenceCountMax = 1 << 17
  configuration.tenantCountMax = 1 << 12
  configuration.usesHugePages = false
  return configuration
}

/// The state machine alone: the life of milestones.
func kernel() {
  let shards = Shards(shardConfiguration)
  for frame in frames.setup { precondition(shards.apply(frame) == 0, "set-up was refused") }
  for frame in frames.life {
    shards.receive(frame)
    work = { precondition(shards.applyReceived(frame) == 0, "an operation was refused") }
    counted()
    operations += frame.operationCount
  }
}

/// What the server does to bytes: a submit is checked, a result is written.
func wire() {
  for frame in frames.life {
    let submit = frame.slots.withUnsafeBytes { slots in
      encodeFrame(
        FrameHeader(.submit, count: UInt32(frame.operationCount), session: 1, request: 1), bodyByteCount: slots.count
      ) {
        for offset in stride(from: 0, to: slots.count, by: 8) {
          $0.storeBytes(
            of: slots.loadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset, as: UInt64.self)
        }
      }
    }
    let results = [UInt8](repeating: 7, count: frame.operationCount * OperationResult.byteCount)
    work = {
      do {
        let header = try FrameHeader(decoding: submit.span.bytes)
        let body = submit.span.bytes.extracting(FrameHeader.byteCount..<submit.count)
        try header.check(body: body)
        try SubmitBody.check(body, header: header)
        var reply = FrameHeader(.result, count: header.count, session: 1, request: 1)
        reply.seal(body: results.span.bytes)
        bytes += Int(reply.bodyChecksum & 1)
      } catch { preconditionFailure("\(error)") }
    }
    counted()
    operations += frame.operationCount
  }
  bytes = 0
}

/// An engine without threads, on a store in a directory that goes away.
final class Fixture {
  let engine: Engine
  private let directory = FileManager.default.temporaryDirectory.appendingPathComponent("milepost-counts-\(getpid())")
  private let queue = CompletionQueue()
  private let submission = Submission(slotCapacity: 2 * LifecycleFrames.operationsPerFrame)

  init() {
    var configuration = EngineConfiguration(path: directory.path)
    configuration.shardCount = LifecycleFrames.shardCount
    configuration.startsThreads = false
    configuration.shard = shardConfiguration
    configuration.prefaultsRing = false
    configuration.ringByteCount = 16 << 20
    // A round of checkpoints is always due.
    configuration.checkpointLogByteCount = 1
    let options = StoreOptions(
      mapByteCount: 1 << 32, digestKeys: DigestKeys(k0: 0x9E37_79B9_7F4A_7C15, k1: 0xD1B5_4A32_D192_ED03),
      creationMilliseconds: LifecycleFrames.start)
    do { engine = try Engine.open(configuration, storeOptions: options, clock: Clock()) } catch {
      preconditionFailure("\(error)")
    }
    for frame in frames.setup {
      run(frame)
    }
  }

  struct Clock: EngineClock {
    func now() -> Instant { LifecycleFrames.start }
    func monotonicNanoseconds() -> UInt64 { 0 }
  }

  func finish() {
    queue.drain { submission in
      precondition(submission.outcome == .committed, "\(submission.outcome) \(String(describing: submission.failure))")
      precondition(submission.results.allSatisfy { $0.isAccepted }, "an operation was refused")
      submission.reset()
    }
  }

  /// Takes a frame all the way, without counting.
  func run(_ frame: LifecycleFrames.Frame) {
    prepare(frame)
    work()
    engine.commitStep()
    finish()
  }

  /// Makes the submit of a frame the work.
  func prepare(_ frame: LifecycleFrames.Frame) {
    frame.slots.withUnsafeBytes { submission.slots.copyMemory(from: $0) }
    submission.slotCount = frame.slots.count / 8
    work = { [self] in precondition(engine.submit([submission], to: queue) == 1, "the ring is full") }
  }

  deinit {
    do {
      try engine.close()
      try FileManager.default.removeItem(at: directory)
    } catch { print("left behind: \(directory.path): \(error)") }
  }
}

/// Engine and kernel: frames are planned, applied, and copied into the log's ring.
func engine() {
  let fixture = Fixture()
  for frame in frames.life {
    fixture.prepare(frame)
    counted()
    fixture.engine.commitStep()
    fixture.finish()
    operations += frame.operationCount
  }
}

/// The log: what was applied is written and synced, answers come back.
func commit() {
  let fixture = Fixture()
  let before = fixture.engine.metrics().commitBytes
  for frame in frames.life {
    fixture.prepare(frame)
    work()
    work = { fixture.engine.commitStep() }
    counted()
    fixture.finish()
    operations += frame.operationCount
  }
  bytes = Int(fixture.engine.metrics().commitBytes - before)
}

/// Checkpoints of all that was applied, until there is nothing more to do.
func checkpoint() {
  let fixture = Fixture()
  for frame in frames.life {
    fixture.run(frame)
    operations += frame.operationCount
  }
  work = { while fixture.engine.maintenanceStep() {} }
  counted()
  precondition(fixture.engine.metrics().checkpointBlocks > 0, "nothing was written")
}
