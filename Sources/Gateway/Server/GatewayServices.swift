/// What routes work with. One object: every request hands it on many times, and each copy of its parts would count references that all
/// event loops share.
final class GatewayServices: Sendable {
  let sessions: SessionPool
  let streams: StreamRegistry
  let limiter: RateLimiter
  let repetitions: Repetitions
  let webhooks: WebhookService
  let cursors: CursorStore
  let traces: TraceStore
  let audit: RequestAudit
  let documents: DocumentService
  /// Nil where none are offered.
  let templates: TemplateShelf?
  let mappings: MappingShelf
  let uses: UseCounter
  let books = LedgerShelf()
  let censuses = CensusShelf()
  let quotas = QuotaBoard()
  let deadlines: Deadlines
  let usage: UsageMeter
  let recent = RecentRequests()
  let proved = ProvedSecrets()
  /// Codes that wait for somebody's consent.
  let consents = ConsentTickets()
  /// The address that people know this gateway by, without a path; nil for the one that they ask.
  let publicURL: String?
  let isEncrypted: Bool
  /// Batches in memory at once.
  let batches = PlaceCount(32)
  /// Streams of lines at once.
  let lineStreams = PlaceCount(64)
  /// Searches of the log by time at once.
  let searches = PlaceCount(8)
  /// Milliseconds since 1970 UTC.
  let now: @Sendable () -> Int64

  init(
    sessions: SessionPool, streams: StreamRegistry, limiter: RateLimiter, repetitions: Repetitions,
    webhooks: WebhookService, cursors: CursorStore, traces: TraceStore, audit: RequestAudit,
    documents: DocumentService, templates: TemplateShelf?, mappings: MappingShelf, uses: UseCounter,
    deadlines: Deadlines, usage: UsageMeter, publicURL: String?, isEncrypted: Bool, now: @escaping @Sendable () -> Int64
  ) {
    self.sessions = sessions
    self.streams = streams
    self.limiter = limiter
    self.repetitions = repetitions
    self.webhooks = webhooks
    self.cursors = cursors
    self.traces = traces
    self.audit = audit
    self.documents = documents
    self.templates = templates
    self.mappings = mappings
    self.uses = uses
    self.deadlines = deadlines
    self.usage = usage
    self.publicURL = publicURL
    self.isEncrypted = isEncrypted
    self.now = now
  }

  /// Ends what writes. Nothing may be asked any more.
  func stop() async {
    await repetitions.stop()
    await cursors.stop()
    await traces.stop()
    await templates?.stop()
    await documents.stop()
    await audit.stop()
    await usage.stop()
  }
}
