import Foundation
import Repository
import RepositoryFixtures
import Store
import Testing

@Suite("On LMDB")
struct DiskTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "repository-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func open(_ path: String) throws -> Repository {
    Repository(catalog: try Store.openCatalog(path, options: .init(mapByteCount: 1 << 28)))
  }

  @Test("a story is there when the directory is opened again, and goes on in another process")
  func reopened() throws {
    let scenario = Scenario()
    for step in scenario.steps { try step(scenario.scene.repository) }
    let expected = try scenario.scene.repository.exportLog()
    try withDirectory { path in
      // Each step by an owner of its own.
      for step in scenario.steps { try step(try open(path)) }
      let repository = try open(path)
      #expect(try repository.exportLog() == expected)
      #expect(try repository.verify() == .sound(end: try scenario.scene.repository.logEnd()))
      for reference in [Reference.villa, .library, Scenario.feature] {
        let state = try repository.state(of: reference, as: .everything)
        #expect(try state == scenario.scene.repository.state(of: reference, as: .everything))
        let history = try repository.history(of: reference, as: .everything).versions
        #expect(try history == scenario.scene.repository.history(of: reference, as: .everything).versions)
        for version in history {
          #expect(
            try repository.text(of: version.id, as: .everything)
              == scenario.scene.repository.text(of: version.id, as: .everything))
        }
      }
    }
  }

  @Test("the longest keys and the largest rows are taken")
  func longest() throws {
    let slug = String(repeating: "s", count: 64)
    let kind = DocumentKind(Slug(slug)!)
    let name = "\(slug)/\(slug)/\(slug)"
    let reference = Reference.make(Tenant(rawValue: .max), kind, name, Slug(slug)!)
    let actor = Actor(.person, String(repeating: "\"", count: 128))!
    let caller = Caller(actor, as: .tenant(Tenant(rawValue: .max)), at: .max)
    try withDirectory { path in
      let repository = try open(path)
      let text = [0x22] + [UInt8](repeating: 0x61, count: Draft.textByteCountMax - 2) + [0x22]
      let draft = Draft(text, .json, message: String(repeating: "m", count: 2_000), label: Label("1.0.0"))
      let version = try repository.save(draft, to: reference, expecting: nil, by: caller)
      let fork = try repository.fork(
        reference, to: Reference(reference.document, in: .live), message: "", by: caller)
      _ = try repository.tag(version.id, as: Slug(slug)!, by: caller)
      _ = try repository.check(version.id, at: reference, report: .report, by: caller)
      _ = try repository.approve(version.id, at: reference, by: caller)
      _ = try repository.schedule(version.id, at: reference, due: .max, by: caller)
      #expect(try repository.activateDue(now: .max, by: actor).map(\.version) == [version.id])
      #expect(fork.origin?.reference == reference)
      #expect(try repository.text(of: version.id, as: .everything) == text)
      #expect(try repository.verify() == .sound(end: try repository.logEnd()))
      let entries = try repository.logEntries()
      #expect(entries.count == 7 && entries[1].detail == "\(reference) \(version.id)")
    }
  }

  @Test("writers take turns and lose none of their work; readers see whole changes only")
  func concurrency() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "repository-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let repository = try open(path)
    let first = try repository.save(Draft([0x30], .json, message: ""), to: .villa, expecting: nil, by: .anita)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for writer in 0..<4 {
        group.addTask {
          var moves = 0
          for number in 0..<25 {
            let draft = Draft(Array("\(writer * 100 + number)".utf8), .json, message: "")
            // Who finds the reference elsewhere looks where it is and tries again.
            var expecting = first.id
            while true {
              do throws(RepositoryError) {
                _ = try repository.save(draft, to: .villa, expecting: expecting, by: .anita)
                break
              } catch {
                guard case .moved(let current?) = error else { throw error }
                expecting = current
                moves += 1
              }
            }
          }
          return moves
        }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<200 {
            let head = try repository.state(of: .villa, as: .everything).head
            let history = try repository.history(from: [head], countMax: 1_000, as: .everything)
            #expect(history.versions.last == first && history.versions.count == Int(history.versions[0].generation))
            #expect(try repository.lifecycle(of: head, at: .villa, as: .everything).state == .draft)
            _ = try repository.text(of: head, as: .everything)
          }
          return 0
        }
      }
      for try await _ in group {}
    }
    let history = try repository.history(of: .villa, countMax: 1_000, as: .everything).versions
    #expect(history.count == 101 && history[0].generation == 101)
    #expect(try repository.logEnd()?.sequence == 101)
    #expect(try repository.verify() == .sound(end: try repository.logEnd()))
  }

  @Test("bytes that rotted in the log are named")
  func rot() throws {
    try withDirectory { path in
      let marker = String(repeating: "rotten", count: 20)
      let actor = Actor(.person, marker)!
      do {
        let repository = try open(path)
        for number in 0..<9 {
          let draft = Draft(Array("\(number)".utf8), .json, message: "")
          let caller = number == 5 ? Caller(actor, as: .tenant(.builder), at: 1) : .anita
          let head = try? repository.state(of: .villa, as: .everything).head
          _ = try repository.save(draft, to: .villa, expecting: head, by: caller)
        }
        #expect(try repository.verify() == .sound(end: try repository.logEnd()))
      }
      let file = URL(filePath: path + "/catalog/data.mdb")
      var bytes = try Data(contentsOf: file)
      // In every copy of the line that the file has.
      var from = bytes.startIndex
      while let found = bytes.range(of: Data("person:\(marker)".utf8), in: from..<bytes.endIndex) {
        bytes[found.lowerBound + 8] ^= 1
        from = found.upperBound
      }
      try bytes.write(to: file)
      #expect(try open(path).verify() == .broken(sequence: 6, .unreadable))
    }
  }
}
