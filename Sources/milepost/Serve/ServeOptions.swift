import ArgumentParser
import Engine
import Issuers
import Server
import Store
import Wire

/// Options of `serve` that set up the engine.
struct EngineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Shards of a new store, a power of two, 1 to 1024.", valueName: "count"))
  var shards = 64

  @Option(help: ArgumentHelp("Memory for groups that are not yet durable, MiB, a power of two.", valueName: "mib"))
  var ringMebibytes = 64

  @Option(help: ArgumentHelp("Longest time between two checkpoint rounds.", valueName: "seconds"))
  var checkpointSeconds = 60.0

  @Option(help: ArgumentHelp("Log between two checkpoint rounds, MiB.", valueName: "mib"))
  var checkpointMebibytes = 1_024

  @Option(
    help: ArgumentHelp(
      "Log without a checkpoint, MiB, that commits are slowed down for, from half of it on.", valueName: "mib"))
  var checkpointLagMebibytes = 8_192

  @Option(help: ArgumentHelp("History that the log keeps though nobody needs it any more, MiB.", valueName: "mib"))
  var retainMebibytes = 1_024

  @Option(help: ArgumentHelp("History that the log keeps for its age, hours; 0 keeps none.", valueName: "hours"))
  var retainHours = 0.0

  @Option(
    help: ArgumentHelp("Log above which nothing is held back any more, for subscribers least, MiB.", valueName: "mib"))
  var retainMebibytesMax = 65_536

  @Option(
    help: ArgumentHelp("Address space for each environment of the store, MiB: its largest size.", valueName: "mib"))
  var mapMebibytes = 1 << 20

  @Option(
    help: ArgumentHelp(
      "Records of closed contracts kept, MiB; the oldest above go to --archive-export and are pruned. All unless given.",
      valueName: "mib"))
  var archiveMebibytes: Int?

  @Option(
    help: ArgumentHelp(
      "Days after its completion that a contract is not pruned, whatever --archive-mebibytes says.", valueName: "days"))
  var archiveDays = 90

  @Option(
    help: ArgumentHelp("Directory for files of contracts that are pruned; see `milepost archive`.", valueName: "dir"))
  var archiveExport: String?

  @Option(help: ArgumentHelp("Sessions remembered at once; one more evicts the one idle longest.", valueName: "count"))
  var sessions = 65_536

  @Option(
    help: ArgumentHelp(
      "Replies kept for resends beyond the log, of all sessions, MiB; past it the idlest lose theirs.",
      valueName: "mib"))
  var replyMebibytes = 4_096

  func validate() throws {
    guard (1...1_024).contains(shards), shards.nonzeroBitCount == 1 else {
      throw ValidationError("--shards must be a power of two from 1 to 1024")
    }
    guard (4...65_536).contains(ringMebibytes), ringMebibytes.nonzeroBitCount == 1 else {
      throw ValidationError("--ring-mebibytes must be a power of two from 4 to 65536")
    }
    guard checkpointSeconds > 0, checkpointMebibytes > 0 else {
      throw ValidationError("--checkpoint-seconds and --checkpoint-mebibytes must be positive")
    }
    guard checkpointLagMebibytes >= 4 * checkpointMebibytes else {
      throw ValidationError("--checkpoint-lag-mebibytes must be at least four times --checkpoint-mebibytes")
    }
    guard retainMebibytes >= 0, retainHours >= 0, retainMebibytesMax >= retainMebibytes else {
      throw ValidationError("--retain-mebibytes must be at most --retain-mebibytes-max, and nothing negative")
    }
    guard (1...1 << 24).contains(mapMebibytes) else {
      throw ValidationError("--map-mebibytes must be from 1 to 16777216")
    }
    guard (archiveMebibytes == nil) == (archiveExport == nil) else {
      throw ValidationError("--archive-mebibytes and --archive-export belong together: nothing is pruned unseen")
    }
    guard (0...36_500).contains(archiveDays) else { throw ValidationError("--archive-days must be from 0 to 36500") }
    guard archiveMebibytes.map({ (1...1 << 24).contains($0) }) ?? true else {
      throw ValidationError("--archive-mebibytes must be from 1 to 16777216")
    }
    guard sessions > 0 else { throw ValidationError("--sessions must be positive") }
    guard (0...1 << 24).contains(replyMebibytes) else {
      throw ValidationError("--reply-mebibytes must be from 0 to 16777216")
    }
  }

  /// How the store is opened.
  var storeOptions: StoreOptions {
    StoreOptions(
      mapByteCount: mapMebibytes << 20,
      retention: LogRetention(
        keepByteCount: UInt64(retainMebibytes) << 20, keepMilliseconds: Int64(retainHours * 3_600_000),
        capByteCount: UInt64(retainMebibytesMax) << 20))
  }

  /// The engine's configuration; what clients must know of it goes into `limits`.
  func configuration(path: String, limits: inout Limits) -> EngineConfiguration {
    var configuration = EngineConfiguration(path: path)
    configuration.shardCount = shards
    configuration.ringByteCount = ringMebibytes << 20
    configuration.checkpointSeconds = checkpointSeconds
    configuration.checkpointLogByteCount = checkpointMebibytes << 20
    configuration.checkpointLagByteCountMax = checkpointLagMebibytes << 20
    if let archiveMebibytes, let archiveExport {
      configuration.pruning = ArchivePruning(
        byteCountMax: archiveMebibytes << 20, millisecondsMin: Int64(archiveDays) * 86_400_000,
        exportPath: archiveExport)
    }
    configuration.sessionCountMax = sessions
    configuration.replyByteCountMax = replyMebibytes << 20
    configuration.sessionWindow = Int(limits.requestWindow)
    configuration.operationsPerSubmissionMax = Int(limits.operationCountMax)
    limits.sessionCountMax = UInt32(clamping: sessions)
    return configuration
  }
}

/// Options of `serve` that set up the server.
struct ServerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Event loops, each a thread.", valueName: "count"))
  var loops = 1

  @Option(help: ArgumentHelp("Submit bytes accepted and unanswered, MiB; past it reading stops.", valueName: "mib"))
  var inFlightMebibytes = 512

  @Option(help: ArgumentHelp("Most connections.", valueName: "count"))
  var connections = 1_024

  @Option(help: ArgumentHelp("A connection that is silent for so long is closed.", valueName: "seconds"))
  var idleSeconds = 60

  @Option(help: ArgumentHelp("Serve TLS 1.3 with this certificate and its chain (PEM).", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("Private key of that certificate (PEM).", valueName: "file"))
  var tlsPrivateKey: String?

  @Option(
    help: ArgumentHelp("Take only clients with a certificate that leads to these roots (PEM).", valueName: "file"))
  var tlsClientRoots: String?

  @Option(
    name: .customLong("issuer"),
    help: ArgumentHelp(
      """
      An outside issuer whose signed statements (JWTs) prove keys: what "iss" says, what "aud" has to say, and where its keys (a JWKS) are, a URL or a file, \
      with commas between. May be given several times.
      """, valueName: "url,audience,keys"))
  var issuers: [Issuer] = []

  @Option(help: ArgumentHelp("Longest time to wait for clients when draining.", valueName: "seconds"))
  var drainSeconds = 10

  func validate() throws {
    guard (1...64).contains(loops) else { throw ValidationError("--loops must be from 1 to 64") }
    guard (2...65_536).contains(inFlightMebibytes) else {
      throw ValidationError("--in-flight-mebibytes must be from 2 to 65536")
    }
    guard (tlsCertificate == nil) == (tlsPrivateKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-private-key belong together")
    }
    guard tlsClientRoots == nil || tlsCertificate != nil else {
      throw ValidationError("--tls-client-roots needs --tls-certificate")
    }
    guard (1...65_536).contains(connections) else { throw ValidationError("--connections must be from 1 to 65536") }
    guard (1...86_400).contains(idleSeconds), (0...86_400).contains(drainSeconds) else {
      throw ValidationError("--idle-seconds and --drain-seconds must be at most a day")
    }
  }

  func configuration(_ listen: Endpoint) -> ServerConfiguration {
    var configuration = ServerConfiguration(host: listen.host, port: listen.port)
    configuration.loopCount = loops
    if let tlsCertificate, let tlsPrivateKey {
      configuration.tls = ServerTLS(
        certificateFile: tlsCertificate, privateKeyFile: tlsPrivateKey, clientRootsFile: tlsClientRoots)
    }
    configuration.limits.bytesInFlightMax = UInt64(inFlightMebibytes) << 20
    configuration.limits.connectionCountMax = UInt32(connections)
    configuration.limits.idleMilliseconds = UInt32(idleSeconds) * 1_000
    configuration.drainMilliseconds = drainSeconds * 1_000
    return configuration
  }
}
