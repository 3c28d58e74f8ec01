/// What is fuzzed: a name for each target, and the function behind it.
///
/// A target is a function of bytes: nothing of it is seen from outside, and the same bytes always do the same. It throws
/// a `Finding` when a property does not hold; a trap ends the process, which the fuzzer and the tests see as well.
/// `Fuzz.swift` runs them under libFuzzer, `ReplayTests.swift` runs what is checked in through them.
enum FuzzTarget: String, CaseIterable, Sendable {
  case wireFrames = "wire-frames"
  case logCommits = "log-commits"
  case logReplay = "log-replay"
  case segmentFiles = "segment-files"
  case lz4Blocks = "lz4-blocks"
  case shardImages = "shard-images"
  case archivedContracts = "archived-contracts"
  case archiveFiles = "archive-files"
  case operationBatches = "operation-batches"
  case operationFiles = "operation-files"
  case publicData = "public-data"
  case scenarios
  case accessDocuments = "access-documents"
  case jsonDocuments = "json-documents"
  case yamlDocuments = "yaml-documents"
  case identifiers
  case referenceFiles = "reference-files"
  case patternTexts = "pattern-texts"
  case schemaDocuments = "schema-documents"
  case templateDocuments = "template-documents"
  case templateBundles = "template-bundles"
  case messageTexts = "message-texts"
  case repositoryRows = "repository-rows"
  case marketplaceRows = "marketplace-rows"
  case mappingTexts = "mapping-texts"
  case mappingDocuments = "mapping-documents"

  func run(_ bytes: [UInt8]) throws(Finding) {
    switch self {
    case .wireFrames: try WireFrames.run(bytes)
    case .logCommits: try LogCommits.run(bytes)
    case .logReplay: try LogReplay.run(bytes)
    case .segmentFiles: try SegmentFiles.run(bytes)
    case .lz4Blocks: try LZ4Blocks.run(bytes)
    case .shardImages: try ShardImages.run(bytes)
    case .archivedContracts: try ArchivedContracts.run(bytes)
    case .archiveFiles: try ArchiveFiles.run(bytes)
    case .operationBatches: try OperationBatches.run(bytes)
    case .operationFiles: try OperationFiles.run(bytes)
    case .publicData: try PublicData.run(bytes)
    case .scenarios: try Scenarios.run(bytes)
    case .accessDocuments: try AccessDocuments.run(bytes)
    case .jsonDocuments: try JSONDocuments.run(bytes)
    case .yamlDocuments: try YAMLDocuments.run(bytes)
    case .identifiers: try Identifiers.run(bytes)
    case .referenceFiles: try ReferenceFiles.run(bytes)
    case .patternTexts: try PatternTexts.run(bytes)
    case .schemaDocuments: try SchemaDocuments.run(bytes)
    case .templateDocuments: try TemplateDocuments.run(bytes)
    case .templateBundles: try TemplateBundles.run(bytes)
    case .messageTexts: try MessageTexts.run(bytes)
    case .repositoryRows: try RepositoryRows.run(bytes)
    case .marketplaceRows: try MarketplaceRows.run(bytes)
    case .mappingTexts: try MappingTexts.run(bytes)
    case .mappingDocuments: try MappingDocuments.run(bytes)
    }
  }

  /// The longest input that is worth making: long enough for what is decoded, short enough to run often.
  var byteCountMax: Int {
    switch self {
    case .shardImages, .templateBundles: 16_384
    case .logReplay, .publicData: 8_192
    default: 4_096
    }
  }
}

/// A property that did not hold.
struct Finding: Error, CustomStringConvertible {
  var description: String
}

/// Throws unless `holds`.
func must(_ holds: Bool, _ what: @autoclosure () -> String) throws(Finding) {
  if !holds { throw Finding(description: what()) }
}
