import Glibc
import Store
import Testing

/// Processes that die while they write: what was acknowledged is there afterwards, whole and in order.
@Suite struct CrashTests {
  let directory = TemporaryDirectory()

  @Test(arguments: [1, 3, 17, 60]) func whatWasAcknowledgedOutlivesTheProcess(commitCount: Int) async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = directory.path as String, commitCount = commitCount as Int] in
      let store = try Store.open(path + "/store", .createOrOpen(shardCount: 4), options: small())
      var chain = AuditChain(log: store.log, segmentCommitCount: 5)
      let acknowledged = open(path + "/acknowledged", O_RDWR | O_CREAT, 0o600)
      for number in 1...100_000 {
        // The other thread strikes while this one is somewhere in a commit.
        if number == commitCount { startKiller() }
        try store.log.append(body(number, byteCount: 20_000))
        while try chain.step() {}
        store.log.setFloors(LogFloors(recovery: store.log.range.next))
        try store.catalog.apply([.put(.settings, key: [1], value: body(number))])
        var count = number
        pwrite(acknowledged, &count, 8, 0)
      }
    }
    var acknowledged = 0
    let file = open(directory.path + "/acknowledged", O_RDONLY)
    if file >= 0 { pread(file, &acknowledged, 8, 0) }
    close(file)
    let store = try Store.open(directory.path + "/store", .open, options: small())
    let range = store.log.range
    #expect(Int(range.next.rawValue) - 1 >= acknowledged)
    #expect(Int(range.next.rawValue) - 1 <= acknowledged + 1)
    #expect(
      try store.log.bodies()
        == (Int(range.first.rawValue)..<Int(range.next.rawValue)).map { body($0, byteCount: 20_000) })
    _ = try AuditChain.verify(log: store.log, source: store.log)
    if acknowledged > 0 {
      let kept = try store.catalog.value(.settings, key: [1])
      #expect(kept == body(acknowledged) || kept == body(acknowledged + 1))
    }
    try store.log.append(body(Int(range.next.rawValue)))
  }
}

/// Kills this process from another thread a moment later.
private func startKiller() {
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { _ in
      kill(getpid(), SIGKILL)
      return nil
    }, nil)
}
