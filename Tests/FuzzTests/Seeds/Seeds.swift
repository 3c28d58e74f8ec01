import Kernel

@testable import Store

/// The seed corpus: small inputs that get far, made the same every time. `tools/fuzz --seeds` writes them.
enum Seeds {
  struct Seed {
    var name: String
    var bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    init(_ name: String, _ head: [UInt8], _ text: String) { self.init(name, head + Array(text.utf8)) }
  }

  static func seeds(of target: FuzzTarget) -> [Seed] {
    switch target {
    case .wireFrames: wireFrames
    case .logCommits: logCommits
    case .logReplay: logReplay
    case .segmentFiles: segmentFiles
    case .lz4Blocks: lz4Blocks
    case .shardImages: shardImages
    case .archivedContracts: archivedContracts
    case .archiveFiles: archiveFiles
    case .operationBatches: operationBatches
    case .operationFiles: operationFiles
    case .publicData: publicData
    case .scenarios: scenarios
    case .accessDocuments: accessDocuments
    case .jsonDocuments: jsonDocuments
    case .yamlDocuments: yamlDocuments
    case .identifiers: identifiers
    case .referenceFiles: referenceFiles
    case .patternTexts: patternTexts
    case .schemaDocuments: schemaDocuments
    case .templateDocuments: templateDocuments
    case .templateBundles: templateBundles
    case .messageTexts: messageTexts
    case .repositoryRows: repositoryRows
    case .marketplaceRows: marketplaceRows
    case .mappingTexts: mappingTexts
    case .mappingDocuments: mappingDocuments
    }
  }

  /// The parts one behind the other.
  static func join(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

  /// What the operations of the scene answer.
  static var sceneResults: [OperationResult] {
    var shard = Shard(ShardScene.configuration)
    return ShardScene.fill(&shard, [1, 2, 3, 4, 5])
  }

  private static var shardImages: [Seed] {
    [[1], [3], [2, 4]].map { (contracts: [UInt128]) in
      var shard = Shard(ShardScene.configuration)
      ShardScene.fill(&shard, contracts)
      return Seed("contract-\(contracts[0])", ShardImages.input(&shard))
    }
  }

  private static var archivedContracts: [Seed] {
    [4, 5].map { (contract: UInt128) in
      var shard = Shard(ShardScene.configuration)
      ShardScene.fill(&shard, [contract])
      let closed = shard.takeClosed().first
      return Seed("contract-\(contract)", closed.flatMap { shard.archivedRecord($0)?.bytes } ?? [])
    }
  }

  /// Two blocks with two contracts, one of which is in both; the first is stored plain.
  private static var archiveFiles: [Seed] {
    let records = archivedContracts.map(\.bytes)
    var (frames, entries): ([UInt8], [ArchiveFile.Entry]) = ([], [])
    for contents in [records, [records[0]]] {
      var block: [UInt8] = []
      for record in contents {
        guard let name = unsafe ArchivedContract.front(of: record.span.bytes)?.name else { return [] }
        let key = ArchiveKey(tenant: name.tenant, id: name.contract)
        entries.append(
          ArchiveFile.Entry(
            key: key, frame: UInt64(ArchiveFile.headerByteCount + frames.count), offset: UInt32(block.count),
            byteCount: UInt32(record.count)))
        block.appendInteger(record.withRawSpan { crc32c($0, seed: key.checksum) })
        block += record
      }
      frames +=
        frames.isEmpty
        ? PackedFrame.bytes(stored: block, plainByteCount: block.count, PackedFrame.storedPlain)
        : PackedFrame.bytes(block)
    }
    let index = ArchiveFile.index(of: entries)
    let header = ArchiveFile.headerBytes(
      1..<3, recordCount: entries.count, indexOffset: ArchiveFile.headerByteCount + frames.count, index: index)
    return [Seed("two-blocks", join([1], header, frames, index))]
  }
}
