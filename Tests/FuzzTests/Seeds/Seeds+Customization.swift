import Documents

@testable import Marketplace
@testable import Repository
@testable import Templates

extension Seeds {
  private static let template = """
    milepost: template/1
    name: small
    version: 1.0.0
    facets: { industry: retail, size: small, complexity: complex, payment: [stages, retention], escalation: E2 }
    parameters:
      value: { type: integer, format: paise, minimum: 100000000, maximum: 100000000 }
      start: { type: string, format: date }
      supplier_state: { type: string, format: state, default: KA }
      place_state: { type: string, format: state, default: KA }
      lots: { type: integer, minimum: 1, maximum: 2, default: 2 }
      extra: { type: boolean, default: false }
      note: { type: string, maxLength: 9, default: "" }
    constraints:
      - { that: "!extra || lots < 2", message: few }
    let:
      first: "extra ? 2000 : 3000"
    milestones:
      - { id: begin, share: first, verify: doc, due: { from: start, days: 0 } }
      - group:
          id: round
          repeat: lots
          milestones:
            - { id: claim, share: 1000, verify: doc, due: { days: "i", business: true }, needs: [previous] }
            - { id: pay, amount: "1000 * i", verify: cert, due: { from: claim, months: 1 }, needs: [claim] }
      - { id: send, repeat: lots, share: 1000, verify: pod, due: { from: start, months: 6 }, when: extra }
      - { id: end, rest: true, verify: cert, due: { days: 3 }, needs: [pay, begin] }
    terms:
      retention: { rate: 500, at_completion: 5000, defect_days: 90 }
      advance: { rate: 1000, guarantee: true }
      security: { rate: 300, days: 60 }
      options: [evidence]
    approval:
      steps: [{ role: payer, votes: 1 }, { role: head, votes: 2, from: "value / 2" }]
    tax:
      code: "998314"
      supply: services
      zero_rated: { zone: extra, pays_tax: "lots == 1" }

    """

  private static let plain = """
    milepost: template/1
    name: plain
    version: 0.1.0
    facets: { industry: education, size: small, complexity: simple, payment: [on-delivery], escalation: E1 }
    parameters:
      value: { type: integer, format: paise, minimum: 10000, maximum: 1000000 }
      start: { type: string, format: date }
    milestones:
      - { id: all, share: 10000, verify: att, due: { from: start, days: 30 } }

    """

  static var templateDocuments: [Seed] {
    let whole =
      #"{"template":{"milepost":"template/1","name":"x"},"messages":{"en":{"milepost":"messages/1","language":"en","#
      + ##""texts":{"title":"A {$x :number} {{b}}"}}},"samples":{"one":{"about":"a"}},"readme":"# A\n\n\tb ","##
      + #""changelog":"- c"}"#
    return [
      Seed("grouped", [0], template), Seed("plain", [0], plain), Seed("whole", [1], whole),
      Seed("unknown", [0], template.replacing("retention:", with: "retentoin:")),
    ]
  }

  /// A bundle of one template, without a signature.
  static let templateBundle: [UInt8] = {
    let texts = [("messages/en.yaml", "milepost: messages/1\nlanguage: en\n"), ("template.yaml", plain)]
    let files = texts.map { (path: $0.0, bytes: Array($0.1.utf8)) }
    let manifest: JSONValue = [
      "bundle": "bundle/1", "name": "plain", "version": "0.1.0",
      "template": .string("\(DocumentDigest(canonical: [0x30]))"),
      "files": .array(
        files.map {
          [
            "path": .string($0.path), "bytes": .integer(Int64($0.bytes.count)),
            "sha256": .string("\(ByteDigest(of: $0.bytes))"),
          ]
        }),
    ]
    return TarArchive.bytes(of: [(path: "manifest.json", bytes: manifest.canonicalBytes)] + files)
  }()

  static var templateBundles: [Seed] {
    func file(_ path: String, _ text: String) -> [UInt8] {
      let bytes = Array(text.utf8)
      return [UInt8(path.utf8.count)] + Array(path.utf8) + [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }
    return [
      Seed("bundle", [0] + templateBundle),
      Seed("files", [1] + file("template.yaml", "a: 1\n") + file("samples/one.yaml", "b: 2\n") + file("../x", "out")),
    ]
  }

  static var messageTexts: [Seed] {
    [
      ("plain", "Hello {$name}, you owe {$sum :currency trailingZeroDisplay=stripIfInteger}."),
      ("plural", ".input {$n :integer} .match $n 0 {{none}} one {{{$n} one}} * {{{$n} many}}"),
      ("local", ".local $d = {|2026-04-01| :date length=short} {{by {$d} {#b}now{/b} {x :string u:dir=rtl @a=b}}}"),
      (
        "keys",
        ".input {$a :number select=exact}.input {$k :string}.match $a $k 1 |a b| {{\\{\\}}} * * {{{$a :percent}}}"
      ),
      ("escapes", "{|\\|\\\\| :string} {-12.50 :number minimumFractionDigits=2} {$n :offset add=1} {$d :date}"),
    ].map { Seed($0.0, [3, 6], $0.1) }
  }

  // MARK: Rows

  private static let digest = ByteDigest(of: [1])
  private static let version = VersionID(digest)
  private static let villa = DocumentID(Tenant(rawValue: 7), .template, DocumentName("retail/villa")!)
  private static let reference = Reference(villa, in: Slug("live")!)
  private static let anita = Actor(.person, "anita")!

  static var repositoryRows: [Seed] {
    var lineage = Lineage()
    (lineage.parents, lineage.generation) = ([version], 2)
    let body = Version.Body(content: DocumentDigest(canonical: [0x30]), text: digest, syntax: .yaml)
    let made = Version(
      Version.Fields(
        document: villa, body: body, lineage: lineage, author: anita, time: 1, message: "why", label: Label("1.0.0")))
    (lineage.parents, lineage.movesMoney) = ([], true)
    lineage.origin = Version.Origin(version: version, reference: reference)
    let forked = Version(
      Version.Fields(
        document: villa, body: body, lineage: lineage, author: anita, time: 1, message: "", label: nil))
    var lifecycle = Lifecycle(draftBy: anita, at: 1)
    let steps: [Lifecycle.Step] = [
      .init(state: .checked, actor: anita, time: 2, report: digest), .init(state: .approved, actor: anita, time: 3),
      .init(state: .scheduled, actor: anita, time: 4, due: 9), .init(state: .active, actor: anita, time: 9),
    ]
    for step in steps { try! lifecycle.take(step) }
    let key = [UInt8](repeating: 2, count: Publisher.keyByteCount)
    let signature = [UInt8](repeating: 3, count: Signature.byteCount)
    return [
      Seed("version", [0] + made.rowBytes), Seed("fork", [0] + forked.rowBytes),
      Seed("reference", [1] + ReferenceState(head: version, active: version).rowBytes),
      Seed("lifecycle", [2] + lifecycle.rowBytes),
      Seed("due", [3] + DueVersion(version: version, reference: reference).rowBytes),
      Seed("tag", [4] + Tag(name: Slug("v1")!, version: version, actor: anita, time: 5).rowBytes),
      Seed("publisher", [5] + Publisher(Tenant(rawValue: 7), Slug("masons")!, publicKey: key, name: "M")!.rowBytes),
      Seed("signature", [6] + Signature(publisher: Slug("masons")!, bytes: signature, time: 6).rowBytes),
      Seed("mark", [7] + LogMark(sequence: 3, digest: digest).rowBytes),
      Seed("blob", [8] + Blob([0x7B, 0x7D]).rowBytes),
    ]
  }

  static var marketplaceRows: [Seed] {
    let other = Tenant(rawValue: 8)
    let takedown = Takedown(
      objection: .harmful, text: "pays twice", proposed: .init(actor: anita, time: 1),
      confirmed: .init(actor: anita, time: 2))
    let text = try! ListingText(
      title: "Villa", summary: "In five\nstages", facets: [try! Facet(Slug("industry")!, "retail")])
    let listing = ListingRow(
      source: reference, text: text, audience: .invited([other, Tenant(rawValue: 9)]), publishers: [Slug("masons")!],
      releaseCount: 2, deprecation: Deprecation(successor: villa, message: "use towers", time: 3), takedown: takedown)
    let release = ReleaseRow(
      label: Label("1.0.0")!, version: version, content: DocumentDigest(canonical: [0x30]), publisher: Slug("masons")!,
      actor: anita, time: 4, takedown: nil)
    let install = Install(
      listing: villa, label: Label("1.0.0")!, upstream: version, target: reference, version: version, actor: anita,
      time: 5)
    var totals = TotalsRow()
    (totals.installCount, totals.userCount, totals.lastRating) = (1, 2, 3)
    (totals.uses, totals.ratingCounts) = (UseCount(made: 5, closed: 1), [0, 0, 1, 0, 2])
    return [
      Seed("listing", [0] + listing.rowBytes), Seed("release", [1] + release.rowBytes),
      Seed("install", [2] + install.rowBytes), Seed("totals", [3] + totals.rowBytes),
      Seed("full-totals", [3] + full.rowBytes), Seed("uses", [4] + UseCount(made: 3, closed: 2).rowBytes),
      Seed("tenant", [5] + TenantUse(count: UseCount(made: 1, closed: 0), rating: 1).rowBytes),
      Seed("rating", [6] + RatingRow(tenant: other, stars: 4, text: "good\n", actor: anita, time: 6).rowBytes),
      Seed(
        "report",
        [7] + Report(listing: villa, tenant: other, objection: .spam, text: "a", actor: anita, time: 7).rowBytes),
      Seed("verification", [8] + Verification(isVerified: true, reason: "papers", actor: anita, time: 8).rowBytes),
      Seed("cursor", [9] + UseCursor(position: 70).rowBytes),
    ]
  }

  /// At the end of what can be counted.
  private static var full: TotalsRow {
    var totals = TotalsRow()
    (totals.installCount, totals.userCount, totals.lastRating) = (.max - 1, .max - 1, .max - 1)
    totals.ratingCounts = [.max - 1, 0, 0, 0, 0]
    return totals
  }
}
