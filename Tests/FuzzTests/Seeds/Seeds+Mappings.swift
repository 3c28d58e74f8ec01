extension Seeds {
  static var mappingTexts: [Seed] {
    let xml = """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- vouchers -->
      <e:ENVELOPE xmlns:e="urn:e" VERSION='1'><BODY><VOUCHER ID="v&#x31;"><AMOUNT>-10.00</AMOUNT><![CDATA[a < b]]></VOUCHER>
      <VOUCHER ID="v2"/></BODY></e:ENVELOPE>

      """
    return [
      Seed("json", [0], #"{"items":[{"a":"1.50","b":null,"c":[true,-1e3]},{"a":"\u0928"}],"n":12345678901234567890}"#),
      Seed("form", [1], "order_id=42&amount=1%2C500.00&note=a+b&note=%E0%A4%A8&empty="),
      Seed("csv", [2], "Contract,Amount,Note\r\n42,\"1,500.00\",\"said \"\"yes\"\"\nand went\"\r\n43,2,\r\n"),
      Seed("csv-tabs", [0x2A], "Report of April\nmade today\nA\tB\n1\t2\n"),
      Seed("xml", [3], xml),
    ]
  }

  static var mappingDocuments: [Seed] {
    let rows = """
      mapping: 1
      direction: request
      input: { format: csv }
      tables:
        outcomes: { Success: settled, Failed: failed }
      names:
        outcome: { from: Status, table: outcomes }
        row: { derive: [{ from: Contract }, { from: UTR, default: none }] }
      operations:
        - operation: payout_result
          when: outcome == "settled"
          members:
            id: { name: row }
            contract: { from: Contract, as: text }
            outcome: { name: outcome }
            amount: { from: Amount, as: paise, groups: true }
            reference: { from: UTR, as: text }

      """
    let vouchers = """
      mapping: 1
      direction: request
      input: { format: xml }
      each: /E/V
      names:
        kind: { from: "@K" }
      operations:
        - operation: deposit
          when: kind == "R"
          each: B
          members:
            contract: { from: ^/REF, as: text }
            amount: { from: A, as: paise, sign: reversed }

      """
    let table = """
      mapping: 1
      direction: response
      output: { format: csv }
      value:
        list: items
        each:
          object:
            Contract: { from: contract }
            Value: { from: value, as: rupees }

      """
    let card = """
      mapping: 1
      direction: response
      output: { format: xml }
      value: { object: { Contract: { object: { "@id": { from: contract }, Value: { from: value, as: rupees } } } } }

      """
    func seed(_ name: String, _ mapping: String, _ text: String) -> Seed {
      Seed(name, join(Array(mapping.utf8), [0], Array(text.utf8)))
    }
    return [
      seed("rows", rows, "Contract,Amount,Status,UTR\n42,\"1,500.00\",Success,U1\n43,2,Failed,\n"),
      seed("vouchers", vouchers, "<E><V K=\"R\"><REF>42</REF><B><A>-10.00</A></B><B><A>-2</A></B></V><V K=\"P\"/></E>"),
      seed("table", table, #"{"items":[{"contract":"42","value":1050},{"contract":"=1","value":0}]}"#),
      seed("card", card, #"{"contract":"42","value":1050}"#),
      seed("unknown", rows.replacing("names:", with: "nams:"), ""),
    ]
  }
}
