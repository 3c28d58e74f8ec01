import Documents
import Fiscal
import Testing

@testable import Templates

@Suite("The library's templates")
struct LibraryTests {
  @Test("every template reads, and every form that it allows is shown to make a schedule", arguments: Library.templates)
  func analysed(_ path: String) throws {
    let template = try Library.template(path)
    let analysis = TemplateAnalysis(template)
    #expect(analysis.findings.isEmpty, "\(Refused(analysis.findings))")
    #expect(analysis.shapeCount > 0)
    #expect(path.hasSuffix("/\(template.name)"))
    #expect(path.hasPrefix("\(template.facets.industry.rawValue)/"))
  }

  @Test("generated forms: shares add up, dates in order, sums positive", arguments: Library.templates)
  func generated(_ path: String) throws {
    let template = try Library.template(path)
    var generator = ParameterGenerator(template, seed: 1)
    for _ in 0..<300 {
      guard let form = generator.next() else {
        Issue.record("no form is allowed")
        return
      }
      let schedule = try template.schedule(form, from: Library.data, accepting: .unconfirmed)
      #expect(schedule.taxable == form.value)
      #expect(schedule.milestones.allSatisfy { $0.taxable > 0 && $0.tax.total >= 0 })
      for milestone in schedule.milestones {
        for ordinal in milestone.predecessors {
          #expect(ordinal < milestone.ordinal)
          #expect(schedule.milestones[Int(ordinal) - 1].due <= milestone.due, "\(path) \(milestone.id) \(form.json)")
        }
      }
    }
  }

  @Test("the kernel runs contracts of generated forms until every bucket is empty", arguments: Library.templates)
  func trial(_ path: String) throws {
    let template = try Library.template(path)
    var generator = ParameterGenerator(template, seed: 2)
    var trial = Trial(template)
    for _ in 0..<100 {
      guard let form = generator.next() else {
        Issue.record("no form is allowed")
        return
      }
      let schedule = try template.schedule(form, from: Library.data, accepting: .unconfirmed)
      do { try trial.run(schedule, form: form) } catch {
        Issue.record("\(path): \(error) with \(form.json)")
        return
      }
    }
  }
}
