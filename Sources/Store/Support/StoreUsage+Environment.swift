import LMDB

extension StoreUsage {
  /// Sizes of an environment whose live data lie in `databases`.
  init(of databases: [Database], in environment: Environment) throws {
    let information = try environment.information()
    let transaction = try environment.beginReading()
    var liveByteCount = 0
    var recordCount = 0
    for database in databases {
      let statistics = try transaction.statistics(of: database)
      liveByteCount += statistics.byteCount
      recordCount += statistics.entryCount
    }
    self.init(
      usedByteCount: UInt64(information.usedPageCount * information.pageByteCount),
      liveByteCount: UInt64(liveByteCount), mapByteCount: UInt64(information.mapByteCount),
      recordCount: UInt64(recordCount), readerCount: information.readerCount,
      syncCount: information.syncCount, syncNanoseconds: information.syncNanoseconds)
  }
}
