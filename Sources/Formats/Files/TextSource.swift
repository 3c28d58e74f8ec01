internal import Kernel

/// Batches from a csv or ndjson file.
final class TextSource: BatchSource {
  private var decoder: any OperationDecoder
  private let records: RecordSource
  private let splitAtStamps: Bool
  /// Stamp of what the batch will hold next.
  private var stamp: Instant?
  /// The line that spoilt the chain whose other members are still coming.
  private var spoiltBy: UInt64?
  private var isAtEnd = false

  init(file: InputFile, decoder: any OperationDecoder, splitAtStamps: Bool) throws(InputError) {
    self.decoder = decoder
    self.splitAtStamps = splitAtStamps
    records = RecordSource(file: file, quoted: decoder.isQuoted)
  }

  var byteOffset: UInt64 { records.byteOffset }
  var byteCount: UInt64? { records.file.byteCount }

  func fill(_ batch: SlotBatch) throws(InputError) {
    while !isAtEnd {
      if batch.readCount >= batch.countMax {
        let whole = batch.openChainStart()
        return batch.handOut(whole > 0 ? whole : batch.readCount, stamp: splitAtStamps ? stamp : nil)
      }
      // Rejects are bounded too, so that a file of nonsense is reported piece by piece.
      if batch.rejects.count >= batch.countMax { break }
      guard try records.advance() else {
        isAtEnd = true
        break
      }
      if try readRecord(into: batch) { return }
    }
    let count = isAtEnd ? batch.readCount : batch.openChainStart()
    batch.handOut(count, stamp: splitAtStamps ? stamp : nil)
  }

  /// Reads the current record; true when it ended the batch, because its stamp is another.
  private func readRecord(into batch: SlotBatch) throws(InputError) -> Bool {
    let line = records.line
    var draft = OperationDraft()
    var failure: FieldError?
    var isBlank = false
    do throws(FieldError) {
      try records.withRecord { (record) throws(FieldError) in
        guard !records.isOverlong else {
          throw FieldError("", "is longer than \(RecordSource.recordByteCountMax) bytes")
        }
        isBlank = record.count == 0
        guard !isBlank else { return }
        if try decoder.readHeader(record) {
          isBlank = true
          return
        }
        do throws(FieldError) {
          try decoder.decode(record, into: &draft)
          _ = try draft.finish()
        } catch {
          failure = error
        }
      }
    } catch {
      guard records.isOverlong else {
        throw InputError(
          path: records.file.path, line: line,
          reason: error.field.isEmpty ? error.reason : "\(error.field): \(error.reason)")
      }
      failure = error
    }
    if isBlank { return false }
    if let failure {
      reject(failure, line: line, isLinked: draft.isLinked, in: batch)
      return false
    }
    if let first = spoiltBy {
      batch.reject(
        InputReject(line: line, field: "linked", reason: "is chained to line \(first), which is no operation"))
      if !draft.isLinked { spoiltBy = nil }
      return false
    }
    return append(draft, line: line, to: batch)
  }

  private func append(_ draft: OperationDraft, line: UInt64, to batch: SlotBatch) -> Bool {
    // A chain keeps the stamp of its first member.
    let changesStamp = splitAtStamps && draft.stamp != nil && draft.stamp != stamp && !batch.endsInChain
    let count = batch.readCount
    let before = stamp
    if changesStamp { stamp = draft.stamp }
    batch.append(draft.operation, extension: draft.words, line: line)
    guard changesStamp && count > 0 else { return false }
    batch.handOut(count, stamp: before)
    return true
  }

  private func reject(_ failure: FieldError, line: UInt64, isLinked: Bool, in batch: SlotBatch) {
    if batch.endsInChain {
      for member in batch.removeOpenChain() {
        batch.reject(
          InputReject(line: member, field: "linked", reason: "is chained to line \(line), which is no operation"))
      }
    }
    batch.reject(InputReject(line: line, field: failure.field, reason: failure.reason))
    spoiltBy = isLinked ? spoiltBy ?? line : nil
  }
}
