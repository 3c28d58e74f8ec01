import Access
import ArgumentParser

/// `milepost application`: programs of others that holders of keys may let act for them.
struct ApplicationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "application",
    abstract: "Register, list and remove applications that act for holders of keys (OAuth 2.0).",
    discussion: """
      An application sends people to /oauth/authorize of the gateway, and gets tokens for those who let it act. Registering one takes two
      administrators, as making a key does; removing one ends all that it was allowed, at once.

      EXAMPLES
        milepost application register books --name "Books" --redirect-uri https://books.example/back \\
            --connect 127.0.0.1:7420 --key-file administrator-1.key
        milepost application list --connect 127.0.0.1:7420 --key-file administrator-1.key
      """, subcommands: [Register.self, List.self, Remove.self])

  struct Register: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for an application, or for other content of one; with --store register it.")
    @Argument(help: "Its id: letters, digits, dots, dashes and underscores.") var id: String
    @Option(help: ArgumentHelp("What people call it.", valueName: "text")) var name: String
    @Option(
      name: .customLong("redirect-uri"),
      help: ArgumentHelp("Where people are sent back to. May be given several times.", valueName: "url"))
    var redirectURIs: [String]
    @Flag(
      help: "It keeps a secret, which is made here and shown once: for programs on a server, not on people's devices.")
    var secret = false
    @Option(help: ArgumentHelp("Write the secret to this new file instead of printing it.", valueName: "file"))
    var output: String?
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      let own = secret || output != nil ? KeySecret() : nil
      if let own { try deliver(own, to: output) }
      let application = Application(
        id: id, name: name, redirectURIs: redirectURIs, secretDigest: own?.credential.digest)
      try report(await desk.perform(.registerApplication(application: application)), desk)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the applications.")
    @Option(help: ArgumentHelp("Most applications listed, at most 500.", valueName: "count")) var limit = 500
    @OptionGroup var desk: DeskOptions

    func run() async throws {
      guard case .applications(let applications) = try await desk.perform(.listApplications(limit: limit)), !desk.json
      else { return }
      print(applicationTable(applications))
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Remove an application; what it was allowed ends.")
    @Argument(help: "Its id.") var id: String
    @OptionGroup var desk: DeskOptions

    func run() async throws { try report(await desk.perform(.removeApplication(id: id)), desk) }
  }
}

func applicationTable(_ applications: [Application]) -> String {
  columns(
    [["APPLICATION", "NAME", "SECRET", "REDIRECT URIS"]]
      + applications.map {
        [$0.id, $0.name, $0.secretDigest == nil ? "none" : "kept", $0.redirectURIs.joined(separator: " ")]
      })
}
