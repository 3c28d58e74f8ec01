import Formats
import Foundation
import Kernel
import Testing

@testable import Dataset

@Suite("Scenarios")
struct ScenarioTests {
  static let create =
    #"{"op":"CREATE_CONTRACT","id":1,"tenant":7,"contract":9,"actor":1,"amount":500,"arg":8589934593,"ext":{"review_s":1,"arbitration_s":1,"dormant_days":1}}"#

  private func run(_ batches: String) throws -> String {
    try ScenarioRunner().run(#"{"name":"s","batches":"# + batches + "}").get()
  }

  @Test("a contract comes out with every key of the answer, in order")
  func answerHasEveryKey() throws {
    let answer = try run(
      "[[1000,[\(Self.create),"
        + #"{"op":"ADD_MILESTONE","id":2,"tenant":7,"contract":9,"m":1,"actor":1,"amount":500,"arg":9000}]]]"#)
    #expect(
      answer
        == #"{"name":"s","codes":[["ok","ok"]],"final":{"7/9":{"state":"DRAFT","version":1,"value":500,"F":0,"U":0,"R":0,"P":0,"Q":0,"T":0,"O":0,"X":0,"Xr":0,"B":0,"Tx":0,"Ox":0,"C":0,"advance_outstanding":0,"milestones":[{"m":1,"state":"PLANNED","version":1,"amount":500,"H":0,"R":0,"certified":0,"released":0,"owed":0,"pending":0,"paid":0,"refunded":0}]}}}"#
    )
  }

  @Test("the argument keeps all 64 bits")
  func argumentKeepsAllBits() throws {
    // payer 0xFFFFFFFF, payee 0xFFFFFFFE; the payer acts.
    let answer = try run(
      #"[[1,[{"op":"CREATE_CONTRACT","id":1,"tenant":1,"contract":1,"actor":4294967295,"amount":5,"arg":18446744069414584319,"ext":{"review_s":1,"arbitration_s":1,"dormant_days":1}}]]]"#
    )
    #expect(answer.contains(#""codes":[["ok"]]"#))
  }

  @Test("a batch stamped earlier is refused whole")
  func regression() throws {
    let answer = try run("[[1000,[\(Self.create)]],[999,[\(Self.create),\(Self.create)]]]")
    #expect(answer.contains(#""codes":[["ok"],["timestamp_regression","timestamp_regression"]]"#))
  }

  @Test(
    "what is missing is zero, an extension is there when ext is",
    arguments: [
      (
        #"{"op":"CREATE_CONTRACT","id":1,"tenant":1,"contract":1,"actor":1,"amount":5,"arg":8589934593}"#,
        "bad_extension"
      ),
      (
        #"{"op":"CREATE_CONTRACT","id":1,"tenant":1,"contract":1,"actor":1,"amount":5,"arg":8589934593,"ext":{}}"#,
        "bad_terms"
      ),
      (#"{"op":"DEPOSIT","id":1,"tenant":1,"contract":1,"amount":5,"arg":1,"ext":{}}"#, "bad_extension"),
      (#"{"op":"NO_SUCH","id":1,"tenant":1,"contract":1}"#, "bad_operation"),
      (#"{"id":1,"tenant":1,"contract":1}"#, "bad_operation"),
      (#"{"op":"FUND","tenant":1,"contract":1,"m":1,"amount":5}"#, "bad_id"),
      (#"{"op":"FUND","id":1,"tenant":1,"contract":1,"m":1,"amount":-5}"#, "bad_amount"),
      (#"{"op":"FUND","id":1,"tenant":1,"contract":1,"m":1,"amount":5}"#, "not_found"),
      (#"{"op":"FUND","id":1,"tenant":1,"contract":1,"m":1,"amount":5,"linked":1}"#, "linked_event_chain_open"),
    ])
  func zeroes(operation: String, code: String) throws {
    let answer = try run("[[1,[\(operation)]]]")
    #expect(answer.contains(#""codes":[["\#(code)"]]"#))
  }

  @Test(
    "what is no scenario is an error that names the place",
    arguments: [
      ("[[1,[{\"op\":\"FUND\",\"m\":65536}]]]", "batch 0, op 0, m", "does not fit 16 bits"),
      ("[[1,[{\"op\":\"FUND\",\"tenant\":-1}]]]", "batch 0, op 0, tenant", "is negative"),
      ("[[1,[{\"op\":\"FUND\",\"mode\":16}]]]", "batch 0, op 0, mode", "does not fit 4 bits"),
      (
        "[[1,[{\"op\":\"FUND\",\"amount\":1.5}]]]", "batch 0, op 0, amount", "'1.5' is not an integer of up to 128 bits"
      ),
      ("[[1,[{\"op\":\"FUND\",\"arg\":18446744073709551616}]]]", "batch 0, op 0, arg", "does not fit 64 bits"),
      ("[[1,[{\"op\":\"FUND\",\"colour\":1}]]]", "batch 0, op 0, colour", "is no field of an operation"),
      (
        "[[1,[{\"op\":\"CREATE_CONTRACT\",\"ext\":{\"gst_bp\":65536}}]]]", "batch 0, op 0, gst_bp",
        "does not fit 16 bits"
      ),
      (
        "[[1,[{\"op\":\"CREATE_CONTRACT\",\"ext\":{\"net\":1}}]]]", "batch 0, op 0, net",
        "belongs to the extension of another operation"
      ),
      ("[[1,[{\"op\":\"FUND\"]]]", "batch 0, op 0", "not JSON: expected '}' at byte 40"),
      ("[[1,[]]] x", "", "not JSON: expected '}' at byte 32"),
    ])
  func errors(batches: String, field: String, reason: String) {
    let result = ScenarioRunner().run(#"{"name":"s","batches":"# + batches + "}")
    guard case .failure(let failure) = result else {
      Issue.record("accepted: \(result)")
      return
    }
    #expect(failure.reject == InputReject(line: 1, field: field, reason: reason))
  }

  @Test("a scenario may be large: thousands of contracts of as many tenants, a contract of 9,000 milestones")
  func largeScenario() throws {
    let terms = #""ext":{"review_s":1,"arbitration_s":1,"dormant_days":1}"#
    var operations = (1...6_000).map {
      #"{"op":"CREATE_CONTRACT","id":1,"tenant":\#($0),"contract":1,"actor":1,"amount":9000,"arg":8589934593,\#(terms)}"#
    }
    operations += (1...9_000).map {
      #"{"op":"ADD_MILESTONE","id":\#($0 + 1),"tenant":1,"contract":1,"m":\#($0),"actor":1,"amount":1,"arg":9000}"#
    }
    operations.append(#"{"op":"OFFER","id":9999999,"tenant":1,"contract":1,"actor":1}"#)
    let folder = try TemporaryFolder()
    let line = #"{"name":"s","batches":[[1,["# + operations.joined(separator: ",") + "]]]}"
    #expect(line.utf8.count > RecordSource.recordByteCountMax)
    try OutputText.write("\n\(line)\nnonsense\n\(line)", to: folder.path("s"))
    var answers: [String] = []
    var failures: [InputReject] = []
    try ScenarioRunner().run(path: folder.path("s"), output: { answers.append($0) }, failure: { failures.append($0) })
    #expect(answers.count == 2 && answers[0] == answers[1])
    #expect(failures == [InputReject(line: 3, reason: "not JSON: expected '{' at byte 1")])
    let answer = answers[0]
    #expect(!answer.contains("not_found") && answer.contains(#""1/1":{"state":"OFFERED""#))
  }
}
