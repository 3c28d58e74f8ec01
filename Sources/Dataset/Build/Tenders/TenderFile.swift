package import Formats
package import Kernel

/// A bid for a public tender, as its row says.
package struct TenderBid: Sendable {
  package var instant: Instant
  /// Of tender and bidder.
  package var key: String
  package var department: String
  package var bidder: String
  package var status: String
  package var category: String
  /// Paise.
  package var value: Int64

  package var isAccepted: Bool { status == "Accepted-AOC" }
}

/// The bids of a file, in its order, and rows that are none.
package struct TenderFile: Sendable {
  package let bids: [TenderBid]
  package let rejects: [InputReject]

  /// Reads a file of tender results, a row a bid.
  /// - Throws: `InputError` when it is no such file.
  package init(path: String) throws(InputError) {
    var table = try PublicTable(path: path)
    let tender = try table.column("tender_id")
    let chain = try table.column("organisation_chain")
    let bidder = try table.column("bidder")
    let status = try table.column("status")
    let awarded = try table.column("awarded_value_raw")
    let estimate = try table.column("tender_value_raw")
    let product = try table.column("product_category")
    let dates = try [table.column("contract_date"), table.column("bid_opening"), table.column("published")]
    var bids: [TenderBid] = []
    var rejects: [InputReject] = []
    while let (line, cells) = try table.next(reject: { rejects.append($0) }) {
      func reject(_ field: String, _ reason: String) {
        rejects.append(InputReject(line: line, field: field, reason: reason))
      }
      guard !cells[bidder].isEmpty else {
        reject("bidder", "is empty: there is nobody to make a contract with")
        continue
      }
      let isAccepted = cells[status] == "Accepted-AOC"
      // What was not awarded may go by the tender's own value; what was, may not.
      let text = cells[awarded].isEmpty && !isAccepted ? cells[estimate] : cells[awarded]
      guard !text.isEmpty else {
        reject(
          "awarded_value_raw", isAccepted ? "is empty in an accepted bid" : "is empty, and so is the tender's value")
        continue
      }
      guard let value = MoneyText.minorUnits(text, decimals: 2), value > 0, value <= 1_000_000_000_000_000 else {
        reject("awarded_value_raw", "is no sum of money that can be contracted: '\(text.prefix(40))'")
        continue
      }
      guard let instant = dates.lazy.compactMap({ InstantText.indian(cells[$0]) }).first else {
        reject("contract_date", "is no date, nor is any other of this row")
        continue
      }
      let department =
        cells[chain].ranges(of: "||").first.map { String(cells[chain][..<$0.lowerBound]) } ?? cells[chain]
      bids.append(
        TenderBid(
          instant: instant, key: "\(cells[tender])|\(cells[bidder])", department: department, bidder: cells[bidder],
          status: cells[status], category: cells[product], value: value))
    }
    self.bids = bids
    self.rejects = rejects
  }
}
