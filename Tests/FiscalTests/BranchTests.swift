import Foundation
import Testing

@testable import Fiscal

@Suite("Codes in lists")
struct BranchTests {
  /// The validator cases of the public list: all are decided by shape and branch.
  @Test(needsSharedReference) func ifscValidatorCases() throws {
    let table = try Self.branches()
    #expect(table.count == 182_295)
    let object = try JSONSerialization.jsonObject(with: sharedBytes("ifsc/ifsc_validator_cases.json"))
    let groups = try #require(object as? [String: [String: Bool]])
    var count = 0
    for (group, cases) in groups {
      for (text, expected) in cases {
        #expect(((try? IFSC(text, in: table)) != nil) == expected, "\(group): \(text)")
        count += 1
      }
    }
    #expect(count == 617)
    #expect(throws: IdentifierFault.part(.bank)) { try IFSC("ZZZZ0000001", in: table) }
    #expect(throws: IdentifierFault.notListed) { try IFSC("HDFC0999990", in: table) }
    #expect(throws: IdentifierFault.character(at: 5)) { try IFSC("HDFCO002854", in: table) }
  }

  private static func branches() throws -> BranchTable {
    let object = try JSONSerialization.jsonObject(with: sharedUnpacked("ifsc/ifsc_branch_codes.json.gz"))
    var codes: [IFSC] = []
    for (bank, branches) in try #require(object as? [String: [Any]]) {
      for branch in branches {
        let text = branch as? String ?? String(String(1_000_000 + (branch as! Int)).dropFirst())
        codes.append(try IFSC("\(bank)0\(text)"))
      }
    }
    return BranchTable(codes)
  }

  @Test func emptyListKnowsNothing() throws {
    let table = BranchTable([])
    #expect(throws: IdentifierFault.part(.bank)) { try IFSC("HDFC0002854", in: table) }
    let last = try IFSC("ZZZZ0ZZZZZZ")
    #expect(BranchTable([last]).contains(last) && BranchTable([last]).containsBank(of: last))
  }

  /// Every code of the official list has the right shape.
  @Test(needsSharedReference) func everyCommodityCode() throws {
    let object = try JSONSerialization.jsonObject(with: sharedUnpacked("gst/hsn_sac_codes.json.gz"))
    var serviceCount = 0
    let rows = try #require(object as? [[String: String]])
    for row in rows {
      let text = try #require(row["hsn_code"])
      let code = try CommodityCode(text)
      #expect(code.text == text && code.isService == text.hasPrefix("99"))
      if code.isService { serviceCount += 1 }
      // Services have six digits on an invoice, goods four or six by turnover.
      #expect(code.isLongEnough(turnover: 1, limit: 5_00_00_000_00) == (text.count >= (code.isService ? 6 : 4)))
    }
    #expect(rows.count == 18_687 && serviceCount == 599)
  }

  @Test(arguments: ["", "9", "001", "0000", "7701", "99541", "99541100", "123456789", "84a0", "８４"])
  func refusesWhatIsNoCode(_ text: String) {
    #expect(throws: IdentifierFault.self) { try CommodityCode(text) }
  }
}
