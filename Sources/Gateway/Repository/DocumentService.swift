import Documents
import Fiscal
import HTTPTypes
import Logging
import Marketplace
import NIOPosix
import Repository
import Store
import Templates
import Texts

/// The versioned documents of tenants, on the gateway's catalog.
///
/// A repository waits for the disk, so it is asked on threads of its own. What is scheduled becomes active within a second.
final class DocumentService: Sendable {
  private let repository: Repository
  let marketplace: Marketplace
  private let checkers: [DocumentKind: any DocumentChecker]
  private let pool = NIOThreadPool(numberOfThreads: 2)
  private let activating: Task<Void, Never>

  /// Where documents are in force unless another environment is named.
  static let live = Slug("live")!
  /// Which kinds money can change by, above all: what the API tells of a version is what its approval is decided by.
  static let options = RepositoryOptions()
  private static let schedule = Actor(.program, "schedule")!

  init(
    _ catalog: any Catalog, checkers: [DocumentKind: any DocumentChecker], logger: Logger,
    now: @escaping @Sendable () -> Int64
  ) {
    let (repository, pool) = (Repository(catalog: catalog, options: Self.options), pool)
    self.repository = repository
    marketplace = Marketplace(on: repository)
    self.checkers = checkers
    pool.start()
    activating = Task {
      while !Task.isCancelled {
        do {
          let settled = try await pool.runIfActive {
            try repository.activateDue(now: now(), by: Self.schedule) { version, reference throws(RepositoryError) in
              // What nobody here can tell was told when it was scheduled.
              try checkers[reference.document.kind]?.needs(of: version, at: reference, in: repository) ?? Findings()
            }
          }
          for due in settled { Self.note(due, in: logger) }
        } catch {
          logger.error("what is due cannot be put in force", metadata: ["error": "\(error)"])
        }
        // Only cancelled, which ends the loop.
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  /// Asks the repository.
  /// - Throws: `Problem` for what it refuses.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable (Repository) throws -> Result
  ) async throws(Problem) -> Result {
    do { return try await pool.runIfActive { [repository] in try body(repository) } } catch {
      switch error {
      case let problem as Problem: throw problem
      case let error as RepositoryError: throw Problem(error)
      case let error as MarketplaceError: throw Problem(error)
      case let error as StoreError: throw Problem(RepositoryError.store(error))
      default: throw Problem(.serviceUnavailable, "unavailable", "the gateway is about to stop")
      }
    }
  }

  /// What is to be said of a document before it may be used.
  /// - Throws: `Problem` when nobody here can tell.
  func findings(in document: Document, at reference: Reference) async throws(Problem) -> Findings {
    let checker = try checker(of: reference.document.kind)
    return try await run { repository in
      var findings = checker.findings(in: document, called: reference.document.name)
      findings.add(contentsOf: try checker.needs(of: document, at: reference, in: repository))
      return findings
    }
  }

  /// Puts a version in force, at once or when it is due, if other documents are still what it needs: they may not be what they were when
  /// it was checked.
  /// - Throws: `Problem` for what stands against it, and when nobody here can tell.
  func activate(
    _ version: VersionID, at reference: Reference, due: Int64? = nil, by caller: Caller
  ) async throws(Problem) -> Lifecycle {
    let checker = try checker(of: reference.document.kind)
    return try await run { repository in
      let needs: Needs = { version, reference throws(RepositoryError) in
        try checker.needs(of: version, at: reference, in: repository)
      }
      guard let due else { return try repository.activate(version, at: reference, by: caller, needs: needs) }
      return try repository.schedule(version, at: reference, due: due, by: caller, needs: needs)
    }
  }

  private static func note(_ settled: SettledVersion, in logger: Logger) {
    var metadata: Logger.Metadata = ["document": "\(settled.reference)", "version": "\(settled.version)"]
    guard settled.unmet.hasErrors else { return logger.info("a version is in force", metadata: metadata) }
    metadata["findings"] = .array(settled.unmet.kept.map { "\($0.code)" })
    logger.warning("a version that was due does not fit any more, and is retired", metadata: metadata)
  }

  private func checker(of kind: DocumentKind) throws(Problem) -> any DocumentChecker {
    if let checker = checkers[kind] { return checker }
    throw Problem(
      .conflict, "no_checker",
      kind == .template
        ? "templates are checked with reference data: start the gateway with --templates"
        : "documents of this kind cannot be checked here, so they cannot come in force")
  }

  /// The kinds of documents that have a meaning here, by name. Others are kept as well, and stay drafts.
  var kinds: [(kind: DocumentKind, movesMoney: Bool, isChecked: Bool)] {
    DocumentKind.known.sorted { $0.slug.text < $1.slug.text }
      .map { ($0, Self.options.moneyKinds.contains($0), checkers[$0] != nil) }
  }

  /// How far a version's label must rise behind that of the release that was offered last, by what changed.
  func smallestStep(to id: VersionID, of reference: Reference, as viewer: Viewer) async throws(Problem) -> LabelStep {
    guard let checker = checkers[reference.document.kind] else { return .patch }
    return try await trade { market in
      guard let last = try market.listingIfAny(reference.document, as: viewer) else { return .patch }
      let old = try market.repository.document(of: last.newest.version, as: viewer)
      return checker.smallestStep(from: old, to: try market.repository.document(of: id, as: viewer))
    }
  }

  /// Nothing may be asked any more.
  func stop() async {
    activating.cancel()
    await activating.value
    // To shut down twice is the only failure.
    try? await pool.shutdownGracefully()
  }
}

/// Says whether documents of a kind can be used.
protocol DocumentChecker: Sendable {
  /// What is to be said of the document itself: the same is always answered in the same way.
  func findings(in document: Document, called name: DocumentName) -> Findings

  /// What is to be said of other documents that it needs, or that need it, as they are now.
  func needs(
    of document: Document, at reference: Reference, in repository: Repository
  ) throws(RepositoryError) -> Findings

  /// How far the label must rise from one to the other, both without findings that are errors.
  func smallestStep(from old: Document, to new: Document) -> LabelStep
}

extension DocumentChecker {
  /// Most need no others.
  func needs(of document: Document, at reference: Reference, in repository: Repository) -> Findings { Findings() }

  /// The same of a version.
  func needs(
    of version: VersionID, at reference: Reference, in repository: Repository
  ) throws(RepositoryError) -> Findings {
    let document = try repository.document(of: version, as: .tenant(reference.tenant))
    return try needs(of: document, at: reference, in: repository)
  }
}

/// Templates: their analysis, texts and samples, contracts of generated forms run to closing, and the templates that they belong to.
struct TemplateChecker: DocumentChecker {
  static let trialCount = 100
  let library: TemplateLibrary

  func findings(in document: Document, called name: DocumentName) -> Findings {
    var findings = Findings()
    guard let files = TemplateDocument.files(of: document, &findings) else { return findings }
    var found: [FileFindings] = []
    guard let package = TemplatePackage(reading: files, common: library.common, &found) else {
      return TemplateDocument.findings(found, in: document)
    }
    found += package.check(library.data).findings
    findings.add(contentsOf: TemplateDocument.findings(found, in: document))
    let path = package.path
    if path != name.text {
      findings.add(
        Finding(
          "template.other-name", at: JSONPointer(["template", "name"]),
          place: document.root.node(at: JSONPointer(["template", "name"]))?.place,
          arguments: ["name": .string(name.text), "path": .string(path)]))
    }
    if !findings.hasErrors, let fault = Trial.fault(of: package.template, library.data, forms: Self.trialCount) {
      findings.add(Finding("template.trial", arguments: ["fault": .string(fault)]))
    }
    return findings
  }

  /// A tenant's own templates that are in force in the environment come before the library's, as they do for contracts.
  func needs(
    of document: Document, at reference: Reference, in repository: Repository
  ) throws(RepositoryError) -> Findings {
    // What cannot be read says so elsewhere.
    guard let own = template(document) else { return Findings() }
    let tenant = reference.document.tenant
    var findings = try DependencyCheck.findings(of: own, called: reference.document.name.text) {
      path throws(RepositoryError) in
      if let name = DocumentName(path),
        let state = try repository.stateIfAny(
          of: Reference(DocumentID(tenant, .template, name), in: reference.environment), as: .tenant(tenant)),
        let active = state.active
      {
        return template(try repository.document(of: active, as: .tenant(tenant)))
      }
      return library[path]?.template
    }
    findings.add(contentsOf: try dependents(of: own, at: reference, in: repository))
    return TemplateDocument.findings([FileFindings("template.yaml", findings)], in: document)
  }

  /// Whether the tenant's own templates that are in force, and belong to this one, still would.
  private func dependents(
    of own: Template, at reference: Reference, in repository: Repository
  ) throws(RepositoryError) -> Findings {
    let (tenant, path) = (reference.document.tenant, reference.document.name.text)
    var others: [(path: String, template: Template)] = []
    var last: DocumentName?
    repeat {
      let page = try repository.names(
        of: tenant, in: reference.environment, .template, after: last, countMax: 1_000, as: .tenant(tenant))
      for entry in page.entries where entry.name != reference.document.name {
        guard let active = entry.state.active else { continue }
        let document = try repository.document(of: active, as: .tenant(tenant))
        // Most name no other: these are not read as templates.
        guard TemplateDocument.isDependent(document, on: path), let other = template(document) else { continue }
        others.append((entry.name.text, other))
      }
      last = page.next
    } while last != nil
    return DependencyCheck.findings(of: own, called: path, neededBy: others)
  }

  func smallestStep(from old: Document, to new: Document) -> LabelStep {
    // What cannot be read any more is something else than before.
    guard let before = package(old), let after = package(new) else { return .major }
    let step = VersionStep(
      from: before.template, to: after.template, oldTexts: before.messages.languages.count,
      newTexts: after.messages.languages.count)
    switch step.part {
    case .patch: return .patch
    case .minor: return .minor
    case .major: return .major
    }
  }

  /// The template alone, without its texts and samples.
  private func template(_ document: Document) -> Template? {
    var findings = Findings()
    guard let files = TemplateDocument.files(of: document, &findings),
      let own = try? Document(yaml: String(decoding: files["template.yaml"] ?? [], as: UTF8.self))
    else { return nil }
    return Template(reading: own, &findings)
  }

  private func package(_ document: Document) -> TemplatePackage? {
    var findings = Findings()
    var found: [FileFindings] = []
    guard let files = TemplateDocument.files(of: document, &findings) else { return nil }
    return TemplatePackage(reading: files, common: library.common, &found)
  }
}

extension Repository {
  /// Where a reference is; nil when there is none for the viewer.
  func stateIfAny(of reference: Reference, as viewer: Viewer) throws(RepositoryError) -> ReferenceState? {
    do { return try state(of: reference, as: viewer) } catch {
      if case .notFound = error { return nil }
      throw error
    }
  }
}

extension Marketplace {
  /// A listing; nil when there is none for the viewer.
  func listingIfAny(_ id: DocumentID, as viewer: Viewer) throws(MarketplaceError) -> Listing? {
    do { return try listing(id, as: viewer) } catch {
      if case .notFound = error { return nil }
      throw error
    }
  }
}
