import Foundation
import Testing

@testable import Fiscal

@Suite("Identifiers")
struct IdentifierTests {
  /// Every published and derived number, with the kind of fault.
  @Test(needsSharedReference) func gstinVectors() throws {
    let rows = try sharedRows("vectors/gstin.csv")
    for row in rows {
      let text = try #require(row["gstin"])
      let expected = try #require(row["expected"])
      do throws(IdentifierFault) {
        let number = try GSTIN(text)
        #expect(expected == "valid" && number.kind == .taxpayer, "\(text)")
        #expect(number.pan?.text == row["pan"], "\(text)")
        // The number is what its PAN and State make.
        if let pan = number.pan {
          #expect(try GSTIN(pan: pan, state: number.state, entity: Array(text)[12]) == number)
        }
      } catch {
        #expect(expected == "invalid:\(kind(of: error))", "\(text): \(error)")
      }
    }
    #expect(rows.count == 57)
  }

  @Test(needsSharedReference) func panVectors() throws {
    let rows = try sharedRows("vectors/pan.csv")
    let holders: [PAN.Holder: String] = [
      .person: "Individual", .company: "Company", .firm: "Firm/Limited Liability Partnership",
    ]
    for row in rows {
      let text = try #require(row["pan"])
      do throws(IdentifierFault) {
        let number = try PAN(text)
        #expect(row["expected"] == "valid" && holders[number.holder] == row["holder_type_or_error"], "\(text)")
      } catch {
        #expect(row["expected"] == "invalid" && row["holder_type_or_error"] == kind(of: error), "\(text): \(error)")
      }
    }
    #expect(rows.count == 12)
  }

  private func kind(of fault: IdentifierFault) -> String {
    switch fault {
    case .length: "InvalidLength"
    case .character: "InvalidFormat"
    case .part: "InvalidComponent"
    case .checkDigit: "InvalidChecksum"
    case .notListed, .notCanonical: "other"
    }
  }

  @Test func gstinKinds() throws {
    func number(_ head: String) throws -> GSTIN {
      try GSTIN(head + String(UnicodeScalar(GSTIN.checkDigit(Array(head.utf8)[...]))))
    }
    #expect(try number("29AAGCB7383J1D").kind == .deductor)
    #expect(try number("29BLRA01234F1D").kind == .deductor)
    #expect(try number("29BLRA01234F1Z").pan == nil)
    #expect(try number("29AAGCB7383J1C").kind == .collector)
    #expect(throws: IdentifierFault.character(at: 7)) { try number("29BLRA01234F1C") }
    #expect(try number("0717USA00007UN").kind == .unitedNations)
    #expect(try number("2717USA12345NR").kind == .nonResident)
    #expect(try number("9917USA29002OS").kind == .onlineServices)
    #expect(throws: IdentifierFault.part(.kind)) { try number("9917USA29002OX") }
    #expect(throws: IdentifierFault.checkDigit(expected: "V")) { try GSTIN("27AAPFU0939F1ZW") }
    #expect(throws: IdentifierFault.part(.entity)) { try GSTIN(pan: PAN("AAPFU0939F"), state: state(27), entity: "0") }
  }

  @Test(needsSharedReference) func invoiceReferences() throws {
    for row in try sharedRows("vectors/irn_hash.csv") {
      let kind = try #require(InvoiceReference.DocumentKind(rawValue: row["doc_type"] ?? ""))
      let year = try #require(FiscalYear(row["fin_year"] ?? ""))
      let number = try DocumentNumber(row["doc_no"] ?? "")
      let supplier = try #require(row["supplier_gstin"])
      let text = InvoiceReference.hashedText(supplier, year, kind, number)
      #expect(text == row["hashed_string"])
      #expect(InvoiceReference(hashing: text).text == row["irn_sha256_hex"])
      // One of the two suppliers is a placeholder without a right check digit.
      if let supplier = try? GSTIN(supplier) {
        let reference = InvoiceReference(supplier: supplier, year: year, kind: kind, number: number)
        #expect(reference.text == row["irn_sha256_hex"])
        #expect(try InvoiceReference(reference.text.uppercased()) == reference)
      }
    }
    #expect(throws: IdentifierFault.length(64...64)) { try InvoiceReference("abc") }
    #expect(throws: IdentifierFault.character(at: 64)) { try InvoiceReference(String(repeating: "a", count: 63) + "g") }
  }

  @Test func shapes() throws {
    #expect(try TAN("blra01234f").text == "BLRA01234F")
    #expect(throws: IdentifierFault.character(at: 5)) { try TAN("BLRAA1234F") }
    #expect(try Udyam("UDYAM-KR-03-0012345").state == "KR")
    #expect(throws: IdentifierFault.character(at: 1)) { try Udyam("XDYAM-KR-03-0012345") }
    #expect(throws: IdentifierFault.character(at: 9)) { try Udyam("UDYAM-KRX03-0012345") }
    #expect(try VPA("Shop.One-2@okbank").text == "Shop.One-2@okbank")
    #expect(try VPA("shop@okbank") == VPA("SHOP@OKBANK"))
    #expect(throws: IdentifierFault.part(.handle)) { try VPA("shopokbank") }
    #expect(throws: IdentifierFault.part(.holder)) { try VPA("s@okbank") }
    #expect(throws: IdentifierFault.part(.handle)) { try VPA("shop@1bank") }
    #expect(throws: IdentifierFault.character(at: 10)) { try VPA("shop@bank@bank") }
    #expect(try UTR("SBIN326123456789").rail == .neft)
    #expect(try UTR("HDFCR52026040112345678").rail == .rtgs)
    #expect(try UTR("609112345678").rail == .upi)
    #expect(try UTR("609112345678", rail: .imps).rail == .imps)
    #expect(throws: IdentifierFault.length(16...16)) { try UTR("609112345678", rail: .neft) }
    #expect(throws: IdentifierFault.length(12...22)) { try UTR("6091123456789") }
    #expect(try PINCode("560001").text == "560001")
    #expect(throws: IdentifierFault.character(at: 1)) { try PINCode("060001") }
    #expect(try DocumentNumber("inv/26-27/0001").text == "INV/26-27/0001")
    #expect(throws: IdentifierFault.length(1...16)) { try DocumentNumber("INV/2026-27/00001") }
    #expect(throws: IdentifierFault.character(at: 4)) { try DocumentNumber("INV_1") }
    for text in ["0001", "/1", "-1"] { #expect(try !DocumentNumber(text).isFitForEInvoice) }
    #expect(try DocumentNumber("1/0").isFitForEInvoice)
  }

  @Test func seriesOfDocuments() throws {
    let series = try DocumentSeries(prefix: "inv", year: #require(FiscalYear("2026-27")))
    #expect(try series.number(1).text == "INV/26-27/0001")
    #expect(try series.number(123_456).text == "INV/26-27/123456")
    #expect(throws: IdentifierFault.length(1...16)) { try series.number(1_234_567) }
    #expect(throws: IdentifierFault.part(.number)) { try series.number(0) }
    #expect(throws: IdentifierFault.length(1...16)) { try DocumentSeries(prefix: "INVOICE", year: series.year) }
    #expect(throws: IdentifierFault.character(at: 4)) { try DocumentSeries(prefix: "INV.", year: series.year) }
  }

  @Test func formatsWantTheCanonicalForm() {
    #expect(IdentifierFormat.pan.fault(in: "ACUPA7085R") == nil)
    #expect(IdentifierFormat.pan.fault(in: "acupa7085r") == .notCanonical("ACUPA7085R"))
    #expect(IdentifierFormat.sac.fault(in: "995411") == nil)
    #expect(IdentifierFormat.sac.fault(in: "8480") == .part(.chapter))
    #expect(IdentifierFormat.hsn.fault(in: "995411") == .part(.chapter))
    #expect(IdentifierFormat.stateCode.fault(in: "39") == .part(.state))
    #expect(IdentifierFormat.fiscalYear.fault(in: "2026-27") == nil)
    #expect(IdentifierFormat.vpa.fault(in: "shop@okbank") == nil)
  }

  /// Whatever is read, nothing traps, and what is accepted is read again as itself.
  @Test(arguments: IdentifierFormat.allCases) func readersOfOutsideText(_ format: IdentifierFormat) {
    let seeds = [
      "27AAPFU0939F1ZV", "0717USA00007UNO", "ACUPA7085R", "BLRA01234F", "UDYAM-KR-03-0012345", "HDFC0002854",
      "shop@okbank", "609112345678", "SBIN326123456789", "HDFCR52026040112345678", "995411", "84801000", "560001",
      "INV/26-27/0001", "29", "2026-27", String(repeating: "a", count: 64),
    ]
    var random = SeededGenerator(format.rawValue.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    var acceptedCount = 0
    for round in 0..<20_000 {
      var bytes = Array(random.pick(seeds).utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) where round > seeds.count {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 1 where !bytes.isEmpty: bytes.remove(at: min(place, bytes.count - 1))
        case 2 where !bytes.isEmpty: bytes[min(place, bytes.count - 1)] = UInt8.random(in: 0...255, using: &random)
        default: bytes = Array(bytes.prefix(place))
        }
      }
      if round % 97 == 0 { bytes += [UInt8](repeating: 0x41, count: 5_000) }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let canonical = try? format.canonical(text) else { continue }
      acceptedCount += 1
      if (try? format.canonical(canonical)) != canonical { Issue.record("\(format) of \(text)") }
    }
    #expect(acceptedCount > 100)
  }
}
