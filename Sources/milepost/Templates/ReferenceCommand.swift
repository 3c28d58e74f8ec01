import ArgumentParser
import Fiscal
import Templates
import Texts

/// `milepost refdata`: which rate, why, and from when.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refdata", abstract: "Ask reference data: which rate on which day, by which source, since when.",
    discussion: """
      A row that is not confirmed answers only with --accept-unconfirmed, and says so.

      EXAMPLES
        milepost refdata gst 995421 --on 2026-04-06
        milepost refdata gst 9954 --qualifier affordable-housing --on 2026-04-06
        milepost refdata withholding 194C --on 2026-03-31
        milepost refdata quantity bank-rate --on 2025-02-10
        milepost refdata check
      """,
    subcommands: [GST.self, Withholding.self, QuantityOf.self, Check.self])

  struct DayOptions: ParsableArguments {
    @OptionGroup var library: LibraryOptions
    @Option(name: .customLong("on"), help: ArgumentHelp("The day.", valueName: "2026-04-01")) var day: String
    @Flag(help: "Let rows answer that are not confirmed.") var acceptUnconfirmed = false

    var accepting: Acceptance { acceptUnconfirmed ? .unconfirmed : .confirmed }

    func date() throws -> CivilDate {
      guard let date = CivilDate(day) else { throw ValidationError("--on \(day): a day is written 2026-04-01") }
      return date
    }

    func answer<Value>(
      _ ask: (ReferenceData, CivilDate) throws(FiscalError) -> Answer<Value>, _ show: (Value) -> String
    ) throws {
      let data = try library.folder().referenceData()
      let date = try date()
      do throws(FiscalError) {
        let answer = try ask(data, date)
        let end = answer.period.to.map { " until \($0)" } ?? ""
        print("\(show(answer.value)), \(answer.status.rawValue)")
        print("  since \(answer.period.from)\(end): \(answer.citation)")
      } catch { throw CommandFailure("no answer: \(error)") }
    }
  }

  struct GST: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "gst", abstract: "The GST rate of an HSN or SAC code.")
    @OptionGroup var options: DayOptions
    @Argument(help: "HSN or SAC code.") var code: String
    @Option(help: "Tells rows of one code apart.") var qualifier: String?

    func run() throws {
      guard let commodity = try? CommodityCode(code) else { throw CommandFailure("\(code): is no HSN or SAC code") }
      try options.answer { data, date throws(FiscalError) in
        try data.gstRates.rate(of: commodity, qualifier: qualifier, on: date, accepting: options.accepting)
      } _: { rate in
        rate.isExempt ? "exempt" : options.library.language.text(ofBasisPoints: Int64(rate.basisPoints))
      }
    }
  }

  struct Withholding: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "withholding", abstract: "Income tax deducted at source, by section of either Act.")
    @OptionGroup var options: DayOptions
    @Argument(help: "Section, for instance 194C or 194J-technical.") var section: String

    func run() throws {
      let language = options.library.language
      try options.answer { data, date throws(FiscalError) in
        try data.tds.rule(section, on: date, accepting: options.accepting)
      } _: { rule in
        let rates = [PayeeKind.individualOrFamily, .other].map {
          language.text(ofBasisPoints: Int64(rule.rate(for: $0)))
        }
        let least = [
          rule.singleThreshold.map { "one sum \(language.text(ofPaise: $0))" },
          rule.threshold.map { "a \(rule.thresholdPeriod.rawValue) \(language.text(ofPaise: $0))" },
        ]
        return
          "\(rule.section) of the Act of \(rule.act.rawValue): \(rates[0]) individual or family, \(rates[1]) others; above "
          + least.compactMap(\.self).joined(separator: ", ")
      }
    }
  }

  struct QuantityOf: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "quantity", abstract: "A rate, threshold or span by name.")
    @OptionGroup var options: DayOptions
    @Argument(help: "Its name, for instance bank-rate.") var name: String

    func run() throws {
      let language = options.library.language
      try options.answer { data, date throws(FiscalError) in
        try data.quantities.answer(name, on: date, accepting: options.accepting)
      } _: { quantity in
        switch quantity.unit {
        case .paise: language.text(ofPaise: quantity.amount)
        case .basisPoints: language.text(ofBasisPoints: quantity.amount)
        default: "\(quantity.amount) \(quantity.unit.rawValue)"
        }
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Read all files: gaps, overlaps, rows without source or status.")
    @OptionGroup var library: LibraryOptions

    func run() throws {
      let data = try library.folder().referenceData()
      print(
        "\(data.gstRates.count) GST series, \(data.tds.keys.count) of withholding, \(data.quantities.keys.count) quantities: whole"
      )
    }
  }
}
