import Documents
import Fiscal
import Foundation
import Kernel
import Testing

@testable import Templates

/// Whatever makes schedules faster must not make them others.
@Suite("Schedules stay what they were")
struct GoldenTests {
  /// Lines of `path version digest` in Golden/schedules.txt; `MILEPOST_WRITE_GOLDEN=1` writes them anew.
  static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/schedules.txt")

  /// The digest of what 200 generated forms come to: operations with their extensions and ids, names and proofs of milestones.
  ///
  /// Rates are given, so that new rows of reference data change nothing here.
  private func digest(of template: Template) throws -> String {
    var generator = ParameterGenerator(template, seed: 5)
    var bytes: [UInt8] = []
    for index in 0..<200 {
      let next = generator.next()
      let form = try #require(next)
      var rates = AppliedRates()
      rates.gst = template.tax == nil ? 0 : 1_800
      rates.treatment = index % 2 == 0 ? .interState : .intraState
      rates.withholding = index % 3 == 0 ? 0 : 200
      let schedule = try template.schedule(form, rates: rates)
      var order = ContractOrder(tenant: 7, contract: UInt128(index + 1), payer: 1, payee: 2)
      order.stage = .funded
      order.depositReference = 9
      order.fillSeats(of: schedule, from: 10)
      bytes += OperationChain(schedule, order, template: DocumentDigest(of: "golden"), form: form.json).slots
      for milestone in schedule.milestones {
        bytes += "\(milestone.id) \(milestone.rule) \(milestone.verification.rawValue)\n".utf8
      }
    }
    return DocumentDigest(canonical: bytes).hex
  }

  @Test("templates of the versions that were written down come to the same, bit for bit")
  func golden() throws {
    if ProcessInfo.processInfo.environment["MILEPOST_WRITE_GOLDEN"] == "1" {
      let lines = try Library.templates.map { path in
        let template = try Library.template(path)
        return "\(path) \(template.version) \(try digest(of: template))\n"
      }
      try lines.joined().write(to: Self.file, atomically: true, encoding: .utf8)
    }
    var count = 0
    for line in try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let template = try? Library.template(words[0]) else { continue }
      // Another version may come to something else; what its versions may do is checked elsewhere.
      guard template.version.description == words[1] else { continue }
      #expect(try digest(of: template) == words[2], "\(words[0])")
      count += 1
    }
    #expect(count > 20)
  }

  @Test("a scheduler's rates and schedules are those of a single look-up", arguments: Library.templates)
  func scheduler(_ path: String) throws {
    let template = try Library.template(path)
    for (seed, start) in [(UInt64(1), nil), (2, CivilDate(year: 2025, month: 8, day: 1))] {
      for accepting in [Acceptance.confirmed, .unconfirmed] {
        var generator = ParameterGenerator(template, seed: seed, from: start)
        var scheduler = Scheduler(template, from: Library.data, accepting: accepting)
        for _ in 0..<60 {
          let next = generator.next()
          let form = try #require(next)
          let schedule: Schedule
          do throws(ScheduleFault) {
            schedule = try template.schedule(form, from: Library.data, accepting: accepting)
          } catch {
            #expect(throws: error) { _ = try scheduler.schedule(form) }
            continue
          }
          #expect(try scheduler.schedule(form) == schedule)
        }
      }
    }
  }

  @Test("the canonical text of a form is that of its document", arguments: Library.templates)
  func canonical(_ path: String) throws {
    let template = try Library.template(path)
    var generator = ParameterGenerator(template, seed: 9)
    for _ in 0..<50 {
      let next = generator.next()
      let form = try #require(next)
      #expect(form.canonicalBytes == form.json.canonicalBytes)
      var findings = Findings()
      let read = ParameterSet(
        reading: try Document(json: form.canonicalBytes).root, for: template, &findings)
      #expect(read == form)
    }
  }

  @Test("texts of a form are written with their escapes")
  func escapes() throws {
    let text = Small.changed("  extra: {", "  note: { type: string, maxLength: 40 }\n  extra: {")
    let template = try Library.read(text)
    let json = #"{"value": 100000, "start": "2026-04-01", "note": "a\"b\\c\n\u0001 ₹ 𝄞"}"#
    let form = try Small.form(json, for: template)
    #expect(form.canonicalBytes == form.json.canonicalBytes)
    #expect(form.digest == DocumentDigest(of: form.json))
    #expect(String(decoding: form.canonicalBytes, as: UTF8.self).contains(#""note":"a\"b\\c\n\u0001 ₹ 𝄞""#))
  }
}
