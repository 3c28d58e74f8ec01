extension Seeds {
  static var identifiers: [Seed] {
    let texts = [
      ("gstin", "27AAPFU0939F1ZV"), ("gstin-tan", "29BLRA01234F1D0"), ("gstin-un", "0717USA00007UNO"),
      ("pan", "ACUPA7085R"), ("tan", "BLRA01234F"), ("udyam", "UDYAM-KR-03-0012345"), ("ifsc", "HDFC0002854"),
      ("vpa", "shop.1@okbank"), ("rrn", "609112345678"), ("neft", "SBIN326123456789"),
      ("rtgs", "HDFCR52026040112345678"), ("sac", "995411"), ("pin", "560001"), ("number", "INV/26-27/0001"),
      ("year", "2026-27"), ("date", "2026-02-28"),
      ("irn", "23f498ee41441ecad30f72ba5b9907506c3df70a17b0e0dff46b76a786400662"),
    ]
    return texts.map { Seed($0.0, Array($0.1.utf8)) }
  }

  static var referenceFiles: [Seed] {
    func file(_ name: String, _ table: String, _ entry: String) -> Seed {
      Seed(name, Array(#"{"table":"\#(table)","sources":{"s":"Law 1"},"entries":[\#(entry)]}"#.utf8))
    }
    let rest = #""source":"s","status":"confirmed""#
    let open = #""source":"s","status":"unconfirmed""#
    return [
      file(
        "quantities", "quantities",
        #"{"key":"k","rows":[{"from":"2024-01-01","to":"2025-02-07","percent":6.75,\#(rest)},{"from":"2025-02-07","percent":6.5,\#(open)}]}"#
      ),
      file(
        "gst", "gst-rates",
        #"{"code":"9954","qualifier":"housing","rows":[{"from":"2019-04-01","percent":5,"no-input-credit":true,"condition":"c",\#(rest)}]}"#
      ),
      file(
        "states", "states",
        #"{"code":"29","rows":[{"from":"2017-07-01","name":"K","iso":"IN-KA","legislature":true,\#(rest)}]}"#),
      file("rails", "rail-limits", #"{"key":"upi","rows":[{"from":"2021-01-01","largest-rupees":100000,\#(rest)}]}"#),
      file(
        "classes", "enterprise-classes",
        #"{"key":"micro","rows":[{"from":"2025-04-01","investment-rupees":25000000,"turnover-rupees":1e8,\#(rest)}]}"#),
      file(
        "reverse", "reverse-charge",
        #"{"key":"rent","what":"w","codes":["9972"],"supplier-not":["registered"],"recipient":["registered"],"rows":[{"from":"2024-10-10","recipient-not":["composition"],\#(rest)}]}"#
      ),
      file(
        "holidays", "holidays",
        #"{"place":"IN","from":"2026-01-01","to":"2027-01-01","days":[{"date":"2026-03-04","name":"H",\#(open)},{"every-year":"01-26","name":"R",\#(rest)}]}"#
      ),
    ]
  }
}
