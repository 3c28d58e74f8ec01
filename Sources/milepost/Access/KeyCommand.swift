import Access
import ArgumentParser
import NIOSSL
import Store
import Engine

/// `milepost key`: who may do what.
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make, change, rotate and revoke keys.",
    discussion: """
      A key says for which tenants and in which roles its holder may act, and until when. Its secret is made here, shown
      once, and kept by the server as a digest only. As soon as a store has a key, its server asks every client for one.

      Giving rights takes two administrators, by two persons: one asks, the other approves. Taking them away (revoke)
      and renewing one's own secret (rotate) take effect at once.

      EXAMPLES
        milepost key init --store ./data --person 1 --person 2 --output-directory ./admin
        milepost serve --store ./data --listen 127.0.0.1:7420 &
        milepost key create --connect 127.0.0.1:7420 --key-file ./admin/administrator-1.key \\
            --name web-shop --role platform --tenant 7 --days 90 --output web-shop.key
        milepost key approve 1 --connect 127.0.0.1:7420 --key-file ./admin/administrator-2.key
        milepost key rotate --connect 127.0.0.1:7420 --key-file web-shop.key --overlap-hours 24 --output new.key
      """,
    subcommands: [
      Init.self, Create.self, Change.self, List.self, WhoAmI.self, Rotate.self, Replace.self, Revoke.self, Pending.self,
      Approve.self, Reject.self, EnrolFactor.self, RemoveFactor.self, Token.self,
    ])
}

/// What an administrator decides about a key, as options.
struct KeyContentOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What people call it.", valueName: "text")) var name: String
  @Option(
    name: .customLong("role"),
    help: ArgumentHelp(
      "A role: \(Role.allCases.map(\.rawValue).joined(separator: ", ")). May be given several times.", valueName: "role"
    ))
  var roles: [Role]
  @Option(
    name: .customLong("tenant"),
    help: ArgumentHelp("A tenant it may name. May be given several times.", valueName: "number"))
  var tenants: [UInt32] = []
  @Flag(help: "It may name every tenant.") var allTenants = false
  @Option(help: ArgumentHelp("The only person in whose name it may act; 0 for any.", valueName: "number"))
  var person: UInt32 = 0
  @Option(help: ArgumentHelp("Days until it expires; 0 for never.", valueName: "count")) var days = 365
  @Option(
    name: .customLong("operation"),
    help: ArgumentHelp(
      "An operation that it may send, as RELEASE, of those of its roles. May be given several times; default: all of them.",
      valueName: "name"))
  var operations: [String] = []
  @Option(help: ArgumentHelp("Largest sum of one operation.", valueName: "paise")) var amountMax: Int64?
  @Option(
    name: .customLong("step-up"),
    help: ArgumentHelp(
      "An operation that needs a second factor, as RELEASE. May be given several times.", valueName: "name"))
  var stepUp: [String] = []
  @Option(help: ArgumentHelp("The second factor is asked for over this sum only.", valueName: "paise"))
  var stepUpAbove: Int64 = 0
  @Flag(help: "Commands about keys, quotas and applications need a second factor.") var stepUpCommands = false

  func validate() throws {
    guard allTenants == tenants.isEmpty else { throw ValidationError("give --tenant, or --all-tenants") }
    guard (0...36_500).contains(days) else { throw ValidationError("--days must be from 0 to 36500") }
  }

  var content: AccessKey.Content {
    let expires = days == 0 ? nil : SystemClock().now() + Int64(days) * 86_400_000
    return AccessKey.Content(
      name: name, tenants: allTenants ? nil : tenants, roles: roles, person: person, expires: expires,
      operations: operations.isEmpty ? nil : operations, amountMax: amountMax,
      stepUp: stepUp.isEmpty && !stepUpCommands
        ? nil : StepUp(operations: stepUp, above: stepUpAbove, commands: stepUpCommands))
  }
}

/// What will prove a key: a new secret, or a certificate.
struct CredentialOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the secret to this new file instead of printing it.", valueName: "file"))
  var output: String?
  @Option(help: ArgumentHelp("Let this TLS certificate (PEM) prove the key instead of a secret.", valueName: "file"))
  var certificate: String?

  @Option(
    help: ArgumentHelp("Let a subject of this outside issuer be the key; see `serve --issuer`.", valueName: "url"))
  var issuer: String?
  @Option(help: ArgumentHelp("The subject, as the issuer names it.", valueName: "text")) var subject: String?

  func validate() throws {
    guard (issuer == nil) == (subject == nil) else { throw ValidationError("--issuer and --subject belong together") }
    guard [output, certificate, issuer].count(where: { $0 != nil }) <= 1 else {
      throw ValidationError("what proves the key is a secret, which --output writes, or a certificate, or a subject")
    }
  }

  func make() throws -> (AccessKey.Credential, KeySecret?) {
    if let issuer, let subject { return (.subject(subject, of: issuer), nil) }
    guard let certificate else {
      let secret = KeySecret()
      return (secret.credential, secret)
    }
    do {
      guard let first = try NIOSSLCertificate.fromPEMFile(certificate).first else {
        throw ValidationError("\(certificate): holds no certificate")
      }
      return (AccessKey.Credential(.certificate, digest: hexDigest(try first.toDERBytes())), nil)
    } catch let error as ValidationError {
      throw error
    } catch {
      throw ValidationError("\(certificate): \(error)")
    }
  }

  func deliver(_ secret: KeySecret?) throws {
    if let secret { try milepost.deliver(secret, to: output) }
  }
}

/// For how long an old secret is accepted beside a new one.
struct OverlapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hours for which the old secret is accepted, at most 720. Default: 24 for one's own key, else 0.",
      valueName: "hours"))
  var overlapHours: Double?

  func validate() throws {
    if let overlapHours, !(0...720).contains(overlapHours) {
      throw ValidationError("--overlap-hours must be from 0 to 720")
    }
  }

  func seconds(default hours: Double) -> Int64 { Int64((overlapHours ?? hours) * 3_600) }
}

extension KeyCommand {
  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the keys of the first two administrators, in a store that has none.")
    @Option(help: ArgumentHelp("The store; made when it is not there.", valueName: "dir")) var store: String
    @Option(help: ArgumentHelp("Shards of a new store, a power of two, 1 to 1024.", valueName: "count"))
    var shards = 64
    @Option(
      name: .customLong("person"), help: ArgumentHelp("Number of an administrator; give two.", valueName: "number"))
    var persons: [UInt32]
    @Option(help: ArgumentHelp("Days until they expire; 0 for never.", valueName: "count")) var days = 365
    @Option(
      help: ArgumentHelp(
        "Write administrator-PERSON.key files here instead of printing the secrets.", valueName: "dir"))
    var outputDirectory: String?

    func validate() throws {
      guard persons.count == 2, Set(persons).count == 2, !persons.contains(0) else {
        throw ValidationError("give two different persons, none of them 0: --person 1 --person 2")
      }
      guard (1...1_024).contains(shards), shards.nonzeroBitCount == 1 else {
        throw ValidationError("--shards must be a power of two from 1 to 1024")
      }
    }

    func run() throws {
      do {
        let control = try DeskOptions.open(store, .createOrOpen(shardCount: shards))
        guard !control.requiresKeys else {
          throw AccessError(.invalid, "the store has keys already; see `milepost key list`")
        }
        // First to where they are kept: a key whose secret is lost is of no use.
        let secrets = persons.map { _ in KeySecret() }
        for (person, secret) in zip(persons, secrets) {
          try deliver(secret, to: outputDirectory.map { "\($0)/administrator-\(person).key" })
        }
        for (person, secret) in zip(persons, secrets) {
          let expires = days == 0 ? nil : SystemClock().now() + Int64(days) * 86_400_000
          let content = AccessKey.Content(
            name: "administrator \(person)", tenants: nil, roles: [.admin], person: person, expires: expires)
          _ = try control.perform(.create(content: content, credential: secret.credential), by: .local)
        }
      } catch let error as ValidationError {
        throw error
      } catch {
        writeStandardError("milepost key init: \(store): \(error)\n")
        throw ExitCode.failure
      }
    }
  }

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for a new key; with --store make it. The secret works once the key is approved.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup(title: "Key") var content: KeyContentOptions
    @OptionGroup(title: "Key") var credential: CredentialOptions

    func run() async throws {
      let (credential, secret) = try self.credential.make()
      try self.credential.deliver(secret)
      try report(await desk.perform(.create(content: content.content, credential: credential)), desk)
    }
  }

  struct Change: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for other roles, tenants or another expiry of a key; with --store change it.")
    @Argument(help: "The key's number.") var key: UInt32
    @OptionGroup var desk: DeskOptions
    @OptionGroup(title: "Key") var content: KeyContentOptions

    func run() async throws {
      try report(await desk.perform(.change(key: key, content: content.content)), desk)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List keys, revoked and expired ones included.")
    @Option(help: ArgumentHelp("Only keys with higher numbers.", valueName: "number")) var after: UInt32 = 0
    @Option(help: ArgumentHelp("Most keys listed, at most 500.", valueName: "count")) var limit = 500
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      guard case .keys(let keys) = try await desk.perform(.listKeys(after: after, limit: limit)), !desk.json else {
        return
      }
      print(keyTable(keys))
    }
  }

  struct WhoAmI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "whoami", abstract: "Show the key that one connects with.")
    @OptionGroup var desk: DeskOptions

    func run() async throws { try report(await desk.perform(.whoAmI), desk) }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Renew the secret of one's own key; the old one is accepted for a while.")
    @OptionGroup(title: "Key") var overlap: OverlapOptions
    @OptionGroup var desk: DeskOptions
    @Option(help: ArgumentHelp("Write the secret to this new file instead of printing it.", valueName: "file"))
    var output: String?

    func run() async throws {
      let secret = KeySecret()
      try deliver(secret, to: output)
      try report(
        await desk.perform(.rotate(credential: secret.credential, overlapSeconds: overlap.seconds(default: 24))), desk)
    }
  }

  struct Replace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for a new secret for somebody else's key; with --store replace it.")
    @Argument(help: "The key's number.") var key: UInt32
    @OptionGroup(title: "Key") var overlap: OverlapOptions
    @OptionGroup var desk: DeskOptions
    @OptionGroup(title: "Key") var credential: CredentialOptions

    func run() async throws {
      let (credential, secret) = try self.credential.make()
      try self.credential.deliver(secret)
      try report(
        await desk.perform(
          .replace(key: key, credential: credential, overlapSeconds: overlap.seconds(default: 0))), desk)
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke a key, at once and for good. Its connections are closed.")
    @Argument(help: "The key's number.") var key: UInt32
    @OptionGroup var desk: DeskOptions

    func run() async throws { try report(await desk.perform(.revoke(key: key)), desk) }
  }

  struct Pending: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what waits for a second administrator, in full.")
    @Option(help: ArgumentHelp("Only proposals with higher numbers.", valueName: "number")) var after: UInt32 = 0
    @Option(help: ArgumentHelp("Most proposals listed, at most 500.", valueName: "count")) var limit = 500
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      guard case .proposals(let proposals) = try await desk.perform(.listProposals(after: after, limit: limit)),
        !desk.json
      else { return }
      var rows = [["PROPOSAL", "BY KEY", "PERSON", "UNTIL", "WHAT"]]
      for proposal in proposals {
        rows.append([
          "\(proposal.id)", "\(proposal.key)", "\(proposal.person)", timeText(proposal.expires),
          describe(proposal.command),
        ])
      }
      print(columns(rows))
    }
  }

  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Approve what another person asked for; it takes effect. See `milepost key pending`.")
    @Argument(help: "The proposal's number.") var proposal: UInt32
    @OptionGroup var desk: DeskOptions

    func run() async throws { try report(await desk.perform(.approve(proposal: proposal)), desk) }
  }

  struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Reject or withdraw a proposal.")
    @Argument(help: "The proposal's number.") var proposal: UInt32
    @OptionGroup var desk: DeskOptions

    func run() async throws { try report(await desk.perform(.reject(proposal: proposal)), desk) }
  }
}

extension KeyCommand {
  struct EnrolFactor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give one's own key a second factor: an authenticator's codes.",
      discussion: """
        Prints an otpauth:// address for the authenticator, once, then reads a code of it from standard input.

        EXAMPLE
          milepost key enrol-factor --connect 127.0.0.1:7420 --key-file my.key
        """)
    @Option(help: ArgumentHelp("A code of the factor that is to be replaced.", valueName: "digits"))
    var current: String?
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      let secret = FactorSecret()
      print(secret.address(account: "key"))
      flushStandardOutput()
      writeStandardError("code of the authenticator: ")
      guard let code = readLine() else {
        writeStandardError("\nmilepost key enrol-factor: standard input ended before there was a code\n")
        throw ExitCode.failure
      }
      try report(
        await desk.perform(.enrolFactor(secret: secret.text, oneTimeCode: code, current: current)), desk)
    }
  }

  struct RemoveFactor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for the removal of a key's second factor, which its holder has lost; with --store remove it.")
    @Argument(help: "The key's number.") var key: UInt32
    @OptionGroup var desk: DeskOptions

    func run() async throws { try report(await desk.perform(.removeFactor(key: key)), desk) }
  }

  struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Get an access token for part of what one's own key allows.",
      discussion: """
        It goes where a secret goes: into --key-file, or behind "Authorization: Bearer". With --one-time-code it may do for ten minutes what
        needs a second factor.

        EXAMPLE
          milepost key token --scope "payer tenant:7 amount:5000000" --connect 127.0.0.1:7420 --key-file my.key
        """)
    @Option(
      help: ArgumentHelp("Roles, tenant:N and amount:N; all that the key allows unless given.", valueName: "words"))
    var scope: String?
    @Option(help: ArgumentHelp("How long it lives, 60 to 3600.", valueName: "count")) var seconds: Int64 = 900
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      let token = TokenText(.access)
      // The code goes into the command itself: a factor that is shown for this connection says nothing about the token.
      let answer = try await desk.perform(
        .issueToken(digest: token.digest, scope: scope, seconds: seconds, oneTimeCode: desk.oneTimeCode), stepsUp: false
      )
      guard case .token(let record) = answer else { return }
      writeStandardError(
        "good until \(timeText(record.expires)), for \(record.scope.isEmpty ? "everything" : record.scope)\n")
      print(token.text)
    }
  }
}

/// Says on standard error what a command did, so that a secret is alone on standard output.
func report(_ answer: AccessAnswer, _ desk: DeskOptions) throws {
  guard !desk.json else { return }
  switch answer {
  case .proposed(let id):
    writeStandardError("proposal \(id) waits for another administrator: milepost key approve \(id)\n")
  case .key(let key): writeStandardError(keyTable([key]) + "\n")
  case .done: writeStandardError("done\n")
  case .applications(let applications): writeStandardError(applicationTable(applications) + "\n")
  case .keys, .proposals, .quotas, .quota, .events, .refused, .token, .noToken, .steppedUp:
    preconditionFailure("answered elsewhere")
  }
}

private func keyTable(_ keys: [AccessKey]) -> String {
  var rows = [["KEY", "NAME", "ROLES", "TENANTS", "PERSON", "EXPIRES", "PROVED BY", "STATE"]]
  let now = SystemClock().now()
  for key in keys {
    let isExpired = key.content.expires.map { now >= $0 } ?? false
    rows.append([
      "\(key.id)", key.content.name, key.content.roles.map(\.rawValue).joined(separator: ","), tenants(key.content),
      key.content.person == 0 ? "any" : "\(key.content.person)", timeText(key.content.expires),
      key.credentials.map { $0.kind.rawValue + ($0.expires.map { " until \(timeText($0))" } ?? "") }
        .joined(separator: ", "),
      key.revoked.map { "revoked \(timeText($0))" } ?? (isExpired ? "expired" : "good"),
    ])
  }
  return columns(rows)
}

private func tenants(_ content: AccessKey.Content, isWhole: Bool = false) -> String {
  guard let tenants = content.tenants else { return "all" }
  // What is to be approved is shown whole.
  if isWhole { return tenants.map { "\($0)" }.joined(separator: ",") }
  let shown = tenants.prefix(8).map { "\($0)" }.joined(separator: ",")
  return tenants.count > 8 ? "\(shown),... (\(tenants.count))" : shown
}

private func describe(_ command: AccessCommand) -> String {
  switch command {
  case .create(let content, let credential):
    "create \"\(content.name)\", \(describe(content)), proved by \(credential.kind.rawValue) \(credential.digest)"
  case .change(let key, let content): "change key \(key) to \"\(content.name)\": \(describe(content))"
  case .replace(let key, let credential, let overlap):
    "replace what proves key \(key) by \(credential.kind.rawValue) \(credential.digest), the old one good for \(overlap) s more"
  case .registerApplication(let application):
    "register application \(application.id) \"\(application.name)\", "
      + "\(application.secretDigest.map { "secret \($0)" } ?? "without a secret"), for \(application.redirectURIs.joined(separator: " "))"
  case .removeFactor(let key): "remove the second factor of key \(key)"
  case .setQuota(let tenant, let quota):
    "let \(tenant.map { "tenant \($0)" } ?? "every other tenant") submit \(quota.operationsPerSecond) operations a second, \(quota.burst) at once"
  case .clearQuota(let tenant): "clear the quota of \(tenant.map { "tenant \($0)" } ?? "every other tenant")"
  default: "?"
  }
}

private func describe(_ content: AccessKey.Content) -> String {
  "roles \(content.roles.map(\.rawValue).joined(separator: ",")), tenants \(tenants(content, isWhole: true)), person "
    + "\(content.person == 0 ? "any" : "\(content.person)"), expires \(timeText(content.expires))"
    + (content.operations.map { ", only \($0.joined(separator: ","))" } ?? "")
    + (content.amountMax.map { ", at most \($0) in one operation" } ?? "")
    + (content.stepUp.map {
      ", second factor for \(($0.operations + ($0.commands ? ["commands"] : [])).joined(separator: ",")) above \($0.above)"
    } ?? "")
}
