import Kernel
import Testing
import Wire

@testable import Server

/// Goal: a request never takes effect twice, whatever happens to its connection. Method: requests create contracts,
/// so a second application would answer something else than the first.
@Suite(.timeLimit(.minutes(1)))
struct SessionTests {
  @Test func cutConnectionResumesAndResendsWithoutApplyingTwice() async throws {
    try await withServer { fixture in
      var session: UInt128 = 0
      for round in 0..<8 {
        let client = try await RawClient(port: fixture.port)
        let welcome = try await client.hello(session: session)
        session = welcome.session
        #expect(welcome.body.lastRequest <= 4)
        // Everything is sent again in every round; the connection is cut before most of it is answered.
        for request in 1...4 {
          try await client.send(
            Sample.create(request * 10...request * 10 + 9, session: session, request: UInt64(request)))
        }
        if round < 7 {
          await client.close()
          continue
        }
        for request in 1...4 {
          let answer = try await client.expect(.result)
          #expect(answer.header.request == UInt64(request))
          #expect(answer.results.allSatisfy { $0.isAccepted })
          #expect(answer.results.count == 10)
          #expect(answer.header.flags.contains(.replayed))
        }
      }
      #expect(fixture.metric("milepost_operations_total{operation=\"CREATE_CONTRACT\"}") == 40)
    }
  }

  @Test func repliesAreKeptAcrossARestart() async throws {
    try await withDirectory { directory in
      var session: UInt128 = 0
      var original: [OperationResult] = []
      try await withServer(at: directory) { fixture in
        let client = try await RawClient(port: fixture.port)
        session = try await client.hello().session
        try await client.send(Sample.create(1...50, session: session, request: 1))
        original = try await client.expect(.result).results
        await client.close()
      }
      try await withServer(at: directory) { fixture in
        let client = try await RawClient(port: fixture.port)
        #expect(try await client.hello(session: session).body.lastRequest == 1)
        try await client.send(Sample.create(1...50, session: session, request: 1))
        let answer = try await client.expect(.result)
        #expect(answer.results == original)
        #expect(answer.header.flags.contains(.replayed))
      }
    }
  }

  @Test func leftOutRequestNumberIsRefused() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...1, session: session, request: 2))
      let error = try await client.expectError()
      #expect(error.reason == .requestGap)
      #expect(error.value == 1)
    }
  }

  /// What follows a left-out number in the same burst is not taken: it would pass for repeats, which quotas do not count.
  @Test func nothingBehindALeftOutNumberIsApplied() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(
        Sample.create(9...9, session: session, request: 1_000_000) + Sample.create(1...1, session: session, request: 1)
          + Sample.create(2...2, session: session, request: 2))
      let error = try await client.expectError()
      #expect(error.reason == .requestGap && error.value == 1)
      try await fixture.eventually { fixture.metric("milepost_operations_in_flight") == 0 }
      #expect(fixture.metric("milepost_operations_received_total") == 0)
      let again = try await RawClient(port: fixture.port)
      #expect(try await again.hello(session: session).body.lastRequest == 0)
    }
  }

  @Test func requestOlderThanTheKeptRepliesIsRefused() async throws {
    try await withServer {
      $0.limits.requestWindow = 4
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      for request in 1...6 {
        try await client.send(Sample.create(request...request, session: session, request: UInt64(request)))
        _ = try await client.expect(.result)
      }
      try await client.send(Sample.create(1...1, session: session, request: 1))
      #expect(try await client.expectError().reason == .requestOutOfWindow)
    }
  }

  @Test func resendWithOtherContentIsRefused() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...2, session: session, request: 1))
      _ = try await client.expect(.result)
      try await client.send(Sample.create(1...3, session: session, request: 1))
      #expect(try await client.expectError().reason == .requestDiffers)
    }
  }

  @Test func traceComesBackWithTheResult() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      let trace = UInt128(0xABCD) << 64 | 0x1234
      try await client.send(Sample.create(1...1, session: session, request: 1, trace: trace))
      #expect(try await client.expect(.result).header.trace == trace)
    }
  }

  @Test func goodbyeAnswersEverythingFirst() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(
        (1...5).flatMap { Sample.create($0...$0, session: session, request: UInt64($0)) }
          + Sample.goodbye(session: session, flags: .endsSession))
      for request in 1...5 { #expect(try await client.expect(.result).header.request == UInt64(request)) }
      _ = try await client.expect(.goodbye)
      #expect(try await client.frame() == nil)
      try await fixture.eventually { fixture.metric("milepost_sessions") == 0 }
      let late = try await RawClient(port: fixture.port)
      let hello = HelloBody()
      try await late.send(
        encodeFrame(FrameHeader(.hello, session: session), bodyByteCount: HelloBody.byteCount) {
          hello.store(into: &$0)
        })
      #expect(try await late.expectError().reason == .sessionEvicted)
    }
  }

  @Test func halfClosedConnectionStillGetsItsReplies() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send((1...5).flatMap { Sample.create($0...$0, session: session, request: UInt64($0)) })
      try await client.closeOutput()
      for request in 1...5 { #expect(try await client.expect(.result).header.request == UInt64(request)) }
    }
  }
}
