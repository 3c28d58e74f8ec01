import RepositoryFixtures
import Testing

@testable import Repository

@Suite("Crashes")
struct CrashTests {
  /// What the tables are before the first step and after each one.
  private func states() throws -> [[UInt8: SortedTable]] {
    let scenario = Scenario()
    var states = [scenario.scene.catalog.tables]
    for step in scenario.steps {
      try step(scenario.scene.repository)
      states.append(scenario.scene.catalog.tables)
    }
    return states
  }

  @Test("whatever write goes wrong, a change is there wholly or not at all", arguments: MemoryCatalog.Fault.allCases)
  func atomicity(fault: MemoryCatalog.Fault) throws {
    let states = try states()
    let count = Scenario().steps.count
    for broken in 1...count {
      let scenario = Scenario()
      let (catalog, repository) = (scenario.scene.catalog, scenario.scene.repository)
      catalog.fail(at: broken, fault)
      for step in scenario.steps.prefix(broken - 1) { try step(repository) }
      if fault == .dropped {
        // What does more than one change meets the stop at the next one.
        try? scenario.steps[broken - 1](repository)
      } else {
        #expect(throws: RepositoryError.self) { try scenario.steps[broken - 1](repository) }
      }
      #expect(catalog.tables == states[fault == .failedLate ? broken : broken - 1])

      // The machine comes back with what was written; the rest of the story goes on to the same end.
      let next = Scene(MemoryCatalog(catalog.tables))
      #expect(try next.repository.verify() == .sound(end: try next.repository.logEnd()))
      let rest = scenario.steps.dropFirst(fault == .failedLate ? broken : broken - 1)
      for step in rest { try step(next.repository) }
      #expect(next.catalog.tables == states[count])
    }
  }

  @Test("a catalog that fails once and goes on leaves no gap in the log")
  func failedOnce() throws {
    for fault in [MemoryCatalog.Fault.failed, .failedLate] {
      let scene = Scene()
      try scene.save("1")
      scene.catalog.fail(at: 2, fault)
      #expect(throws: RepositoryError.self) { try scene.save("2") }
      scene.catalog.goOn()
      try scene.save("3")
      #expect(try scene.repository.logEnd()?.sequence == (fault == .failed ? 2 : 3))
      #expect(try scene.repository.verify() == .sound(end: try scene.repository.logEnd()))
    }
  }

  @Test("what is refused writes nothing")
  func refusals() throws {
    let scene = Scene()
    let version = try scene.save("1")
    let count = scene.catalog.applyCount
    for _ in 0..<3 {
      #expect(throws: RepositoryError.self) {
        try scene.repository.approve(version.id, at: .villa, by: .bela)
      }
      #expect(throws: RepositoryError.self) {
        try scene.repository.fork(.villa, to: .villa, message: "", by: .bela)
      }
    }
    #expect(scene.catalog.applyCount == count)
  }
}
