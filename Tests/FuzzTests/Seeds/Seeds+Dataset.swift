import Dataset
import Kernel

extension Seeds {
  static var operationFiles: [Seed] {
    let csv =
      "op,id,tenant,contract,m,actor,amount,arg,mode,ver,linked,ext,stamp,review_s,band,preds\n"
      + "CREATE_CONTRACT,1,7,9,,1,500,8589934593,,,,1,1000,1,,\n\"ADD_MILESTONE\",2,7,9,1,1,500,9000,,,1,,1000,,,1;2\n"
      + "12,00000000-0000-0000-0000-000000000003,7,9,1,2,-5,,3,4,,,2000,,,\nFUND,x,7,9,1,1,5,,,,,,,,,\n"
    let json =
      #"{"op":"CREATE_CONTRACT","id":1,"tenant":7,"contract":"9","actor":1,"amount":500,"arg":8589934593,"#
      + #""ext":{"review_s":1,"auto_approve":true,"gst_bp":1800},"stamp":1000}"# + "\n"
      + #"{"op":"SET_POLICY","id":2,"tenant":7,"contract":9,"actor":1,"linked":1,"ext":{"band":[0,5],"k":[1,1]}}"#
      + "\n" + #"{"op":"F\u0055ND","id":3,"m":1,"stamp":2000,"linked":false}"# + "\n{\"op\":9,\"linked\":true,}\n"
    return [
      Seed("csv", [1 | 4 | 1 << 3], csv), Seed("ndjson", [2 | 4 | 2 << 3], json),
      Seed("binary", [0 | 4 | 1 << 3] + binary),
    ]
  }

  /// A header, a stamp, an operation with an extension, one without.
  private static var binary: [UInt8] {
    let counts: [UInt64] = [4, 2, 0, 0, 0, 0]
    var stamp = Operation(.createContract, tenant: 0, contract: 0, id: 0, amount: 1_000)
    stamp.code = 255
    var batch = Batch()
    for (operation, content) in ShardScene.setUp([2]).prefix(2) { batch.append(operation, content) }
    return join(
      Array("MPOPFILE".utf8), [UInt8](of: UInt32(1)), [UInt8](of: UInt32(64)), counts.flatMap { [UInt8](of: $0) },
      [UInt8](of: stamp), batch.bytes)
  }

  static var publicData: [Seed] {
    let claims =
      "case_id,seq,timestamp,activity,role,amount,org_unit\n"
      + "a,0,2024-01-01T08:46:14Z,Declaration SUBMITTED by EMPLOYEE,EMPLOYEE,148.857,unit 5\n"
      + "a,1,2024-01-03T05:53:04Z,Declaration APPROVED by ADMINISTRATION,ADMINISTRATION,148.857,unit 5\n"
      + "a,2,2024-01-05T14:35:11Z,Declaration FINAL_APPROVED by SUPERVISOR,SUPERVISOR,148.857,unit 5\n"
      + "a,3,2024-01-05T19:58:18Z,Request Payment,UNDEFINED,148.857,unit 5\n"
      + "a,4,2024-01-07,Payment Handled,UNDEFINED,148.857,unit 5\n"
      + "b,0,2024-01-03 08:00,Declaration REJECTED by SUPERVISOR,SUPERVISOR,\"1,000\",unit 4\n"
    let permits =
      "case_id,timestamp,activity,requested_budget_eur,total_declared_eur,org_unit\n"
      + "p,2018-01-01,Permit SUBMITTED by EMPLOYEE,100,150.5,u\np,2018-01-02,Permit FINAL_APPROVED by SUPERVISOR,100,,u\n"
      + "p,2018-01-03,Declaration SUBMITTED by EMPLOYEE,100,,u\n"
      + "p,2018-01-04,Declaration FINAL_APPROVED by SUPERVISOR,100,,u\np,2018-01-05,Send Reminder,,,u\n"
      + "p,2018-01-06,Request Payment,,,u\np,2018-01-07,Payment Handled,,,u\n"
    let prepaid =
      "case_id,timestamp,activity,permit_budget_eur,amount_eur,org_unit\n"
      + "q,2018-01-01,Permit SUBMITTED by EMPLOYEE,9,4,u\nq,2018-01-02,Permit FINAL_APPROVED by DIRECTOR,9,4,u\n"
      + "q,2018-01-03,Request For Payment SUBMITTED by EMPLOYEE,9,4,u\n"
      + "q,2018-01-04,Request For Payment FINAL_APPROVED by SUPERVISOR,9,4,u\nq,2018-01-05,Payment Handled,9,4,u\n"
    return [
      Seed("claims", [0], claims), Seed("permits", [0], permits), Seed("prepaid", [0], prepaid),
      Seed("orders", [0], orders), Seed("fines", [0], fines), Seed("tenders", [1], tenders),
      Seed("contracting", [2], contracting),
    ]
  }

  private static var orders: String {
    let activities = [
      "Create Purchase Order Item", "Record Goods Receipt", "Record Invoice Receipt", "Remove Payment Block",
      "Clear Invoice", "Change Price", "Cancel Invoice Receipt", "Delete Purchase Order Item",
    ]
    return "case_id,seq,timestamp,activity\n"
      + activities.enumerated().map { "45_1,\($0.offset),2018-01-0\($0.offset + 1),\($0.element)\n" }.joined()
  }

  private static var fines: String {
    "case:concept:name,concept:name,time:timestamp,amount,expense,totalPaymentAmount,paymentAmount,article\n"
      + "A1,Create Fine,2006-07-24 00:00:00+00:00,35.0,,0.0,,157\nA1,Send Fine,2006-12-05,,11.0,,,\n"
      + "A1,Payment,2007-01-16,,,36.0,36.0,\nA1,Add penalty,2007-03-16,71.5,,,,\n"
      + "A1,Insert Date Appeal to Prefecture,2007-04-01,,,,,\n"
      + "A1,Receive Result Appeal from Prefecture,2007-05-01,,,,,\nA1,Send for Credit Collection,2009-03-30,,,,,\n"
  }

  private static var tenders: String {
    "tender_id,organisation_chain,bidder,status,awarded_value_raw,tender_value_raw,product_category,contract_date,"
      + "bid_opening,published\nT1,Works||Roads,ab12,Accepted-AOC,\"40,78,121.5\",1,Roads,29-Jan-2026,,\n"
      + "T2,Works,cd34,Rejected-Technical,,3.5e6,Buildings,,02-Feb-2026 06:55 PM,\nT3,Works,ef56,Open,7,,Supply,,,1-1-1\n"
  }

  private static var contracting: String {
    #"{"releases":[{"ocid":"o","date":"2024-08-20T00:00:00Z","buyer":{"id":"B"},"contracts":[{"id":"C","status":"active","#
      + #""dateSigned":"2024-05-07","value":{"amount":1280.50,"currency":"EUR"},"suppliers":[{"name":"S"}],"#
      + #""milestones":[{"type":"approval","status":"met"}],"implementation":{"milestones":[{"id":"1","status":"met"},"#
      + #"{"id":"2"}],"transactions":[{"id":"t","date":"2024-07-05T00:00:00Z","value":{"amount":7.5e2},"#
      + #""relatedImplementationMilestone":{"id":"1"}},{"amount":100}]}}]},{"ocid":"o","date":"2024-09-20T00:00:00Z","#
      + #""contracts":[{"id":"C","status":"terminated","value":{"amount":"1300"}}]}]}"#
  }

  static var scenarios: [Seed] {
    let create =
      #"{"op":"CREATE_CONTRACT","id":1,"tenant":7,"contract":9,"actor":1,"amount":500,"arg":8589934593,"#
      + #""ext":{"review_s":1,"arbitration_s":1,"dormant_days":1}}"#
    let milestone = #"{"op":"ADD_MILESTONE","id":2,"tenant":7,"contract":9,"m":1,"actor":1,"amount":500,"arg":90000}"#
    let work = [
      #"{"op":"OFFER","id":3,"tenant":7,"contract":9,"actor":1}"#,
      #"{"op":"ACCEPT","id":4,"tenant":7,"contract":9,"actor":2}"#,
      #"{"op":"DEPOSIT","id":5,"tenant":7,"contract":9,"actor":1,"amount":500,"arg":4}"#,
      #"{"op":"FUND","id":6,"tenant":7,"contract":9,"m":1,"actor":1,"amount":500}"#,
      #"{"op":"START","id":7,"tenant":7,"contract":9,"m":1,"actor":2}"#,
      #"{"op":"SUBMIT","id":8,"tenant":7,"contract":9,"m":1,"actor":2,"amount":500,"arg":1}"#,
      #"{"op":"ESCALATE","id":9,"tenant":7,"contract":9,"m":1}"#,
    ].joined(separator: ",")
    return [
      Seed("life", [], "{\"name\":\"life\",\"batches\":[[1000,[\(create),\(milestone)]],[2000,[\(work)]]]}\n"),
      Seed(
        "empty", [],
        "{\"batches\":[],\"x\":[1,{\"y\":null}]}\n\n{\"name\":\"\\u0041\\ud83d\\ude00\",\"batches\":[[1,[]]]}"),
    ]
  }
}
