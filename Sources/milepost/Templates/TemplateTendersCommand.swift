import ArgumentParser
import Dataset
import Documents
import Fiscal
import Formats
import Foundation
import Templates
import Texts

/// `milepost template tenders`: what the library makes of public tenders.
struct TemplateTendersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenders",
    abstract: "Make contracts of accepted bids of public tenders by the library's templates, and run each to closing.",
    discussion: """
      A template is chosen by the kind of work and the sum; everything that a bid does not say is the form's default. Rates are those of the day of
      the contract. What no template takes is counted by its reason.

      EXAMPLES
        milepost template tenders odisha_tender_bids.csv.gz --state OD
        milepost template tenders assam_flood_tenders.csv.gz --state AS
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: "Results of tenders, a row a bid (CSV, also packed by gzip).") var file: String
  @Option(help: "The State of bidders and works, as MH.") var state: String

  func run() throws {
    let library = try library.folder().library()
    let tenders = try TenderFile(path: file)
    var run = TenderRun(library: library, state: state)
    for bid in tenders.bids where bid.isAccepted { try run.take(bid) }
    let accepted = tenders.bids.count(where: { $0.isAccepted })
    print("\(tenders.bids.count) bids, \(accepted) accepted, \(tenders.rejects.count) rows that are no bids")
    for (path, made) in run.made.sorted(by: { $0.value.count > $1.value.count }) {
      print("  \(path): \(made.count) contracts, \(self.library.language.text(ofPaise: made.value))")
    }
    let refused = run.refused.values.reduce(0, +)
    print("\(run.made.values.reduce(0) { $0 + $1.count }) contracts run to closing, \(refused) refused")
    for (reason, count) in run.refused.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("  \(count) \(reason)")
    }
  }
}

/// Bids, one after the other.
private struct TenderRun {
  let library: TemplateLibrary
  let state: String
  var made: [String: (count: Int, value: Int64)] = [:]
  var refused: [String: Int] = [:]

  /// Templates for a kind of work, in the order in which they are tried, with what a form says besides the bid.
  private static func choices(_ category: String) -> [(path: String, form: [(String, JSONValue)])] {
    let works = [("payer_is_government", JSONValue.bool(true)), ("mse_supplier", true)]
    if category.contains("Roads") || category.contains("Bridges") || category.contains("Highways") {
      return [("construction/government-road", [])]
    }
    if category.contains("Buildings") {
      return [
        ("construction/building-item-rate", works), ("construction/stage-payment-house", [("owner_audited", true)]),
      ]
    }
    if category.contains("Works") || category.contains("Irrigation") || category.contains("Canal") {
      return [("construction/building-item-rate", works)]
    }
    if category.contains("Services") || category.contains("Human Resources") {
      return [("technology/managed-service", [("government_buyer", true)])]
    }
    return []
  }

  mutating func take(_ bid: TenderBid) throws {
    let choices = Self.choices(bid.category)
    guard !choices.isEmpty else { return refuse("no template for \(bid.category)") }
    var reason = ""
    for choice in choices {
      guard let template = library[choice.path]?.template else { continue }
      switch try attempt(template, choice.form, bid) {
      case .success(let value):
        made[choice.path, default: (0, 0)].count += 1
        made[choice.path]?.value += value
        return
      case .failure(let refusal): reason = reason.isEmpty ? "\(choice.path): \(refusal.text)" : reason
      }
    }
    refuse(reason)
  }

  private mutating func refuse(_ reason: String) { refused[reason, default: 0] += 1 }

  private struct Refusal: Error { var text: String }

  /// - Throws: when the kernel does not do what the schedule says: a fault of ours.
  private func attempt(
    _ template: Template, _ more: [(String, JSONValue)], _ bid: TenderBid
  ) throws -> Result<Int64, Refusal> {
    var form = JSONObject()
    form["value"] = .integer(bid.value)
    form["start"] = .string(try CivilDate(indianDayOf: bid.instant).description)
    form["supplier_state"] = .string(state)
    form["place_state"] = .string(state)
    for (name, value) in more { form[name] = value }
    var findings = Findings()
    let document = try Document(json: JSONValue.object(form).canonicalBytes)
    guard let parameters = ParameterSet(reading: document.root, for: template, &findings) else {
      let places = findings.kept.map { "\($0.pointer) \(FindingTexts.templates.text(of: $0, in: "en"))" }
      return .failure(Refusal(text: places.joined(separator: "; ")))
    }
    let schedule: Schedule
    do throws(ScheduleFault) {
      schedule = try template.schedule(parameters, from: library.data)
    } catch {
      guard case .rates(let fault) = error, let reason = Self.reason(fault) else { throw error }
      return .failure(Refusal(text: reason))
    }
    var trial = Trial(template)
    do { try trial.run(schedule, form: parameters) } catch {
      throw CommandFailure("\(bid.key): \(template.name): \(error)")
    }
    return .success(schedule.value)
  }

  /// Why reference data has no answer for a day; nil for what should not happen.
  private static func reason(_ error: FiscalError) -> String? {
    switch error {
    case .notInForce(let table, let key, _): "\(table) has no row for \(key) on the day"
    case .unconfirmed(let table, let key, _): "the row of \(table) for \(key) is not confirmed"
    default: nil
    }
  }
}
