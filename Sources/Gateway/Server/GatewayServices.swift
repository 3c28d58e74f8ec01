/// What routes work with.
struct GatewayServices: Sendable {
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
