package import Kernel

/// The slots of one batch, and behind them what was read already but belongs to the next one.
///
/// All pointer work of the readers is here. Slots are 64 bytes on 64-byte boundaries.
/// It owns the memory; nothing keeps a pointer into it beyond a closure.
@safe package final class SlotBatch {
  let countMax: Int
  /// Operations handed out.
  package private(set) var operationCount = 0
  private(set) var rejects: [InputReject] = []
  private(set) var stamp: Instant?
  private var slots: UnsafeMutableRawBufferPointer
  /// First slot of each operation read, with one more entry for the end.
  private var starts: [Int] = [0]
  private var lines: [UInt64] = []

  package init(countMax: Int) {
    self.countMax = countMax
    unsafe slots = .allocate(byteCount: (countMax + 64) * Operation.byteCount, alignment: Operation.byteCount)
  }

  deinit { unsafe slots.deallocate() }

  /// Operations read, handed out or not.
  package var readCount: Int { lines.count }

  /// Forgets what was handed out; what was read beyond it moves to the front.
  func clear() {
    rejects.removeAll(keepingCapacity: true)
    stamp = nil
    guard operationCount > 0 else { return }
    let shift = starts[operationCount]
    let kept = starts[readCount] - shift
    if kept > 0 {
      unsafe slots.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: slots[(shift * Operation.byteCount)..<((shift + kept) * Operation.byteCount)]))
    }
    lines.removeFirst(operationCount)
    starts.removeFirst(operationCount)
    for index in starts.indices { starts[index] -= shift }
    operationCount = 0
  }

  /// Adds an operation and, when its flags announce one, its extension.
  package func append(_ operation: Operation, extension words: InlineArray<8, UInt64>, line: UInt64) {
    let slot = reserve(operation.hasExtension ? 2 : 1)
    unsafe slots.storeBytes(of: operation, toByteOffset: slot * Operation.byteCount, as: Operation.self)
    if operation.hasExtension {
      for index in words.indices {
        unsafe slots.storeBytes(
          of: words[index].littleEndian, toByteOffset: (slot + 1) * Operation.byteCount + index * 8, as: UInt64.self)
      }
    }
    lines.append(line)
  }

  /// Adds an operation of one or two slots as they are.
  func append(slots source: Span<UInt8>, line: UInt64) {
    let slot = reserve(source.count / Operation.byteCount)
    // `reserve` made room for as many bytes as the source has.
    unsafe source.withUnsafeBytes {
      unsafe UnsafeMutableRawBufferPointer(rebasing: slots[(slot * Operation.byteCount)...]).copyMemory(from: $0)
    }
    lines.append(line)
  }

  /// Whether the last operation read is linked to one that is still to come.
  var endsInChain: Bool { readCount > 0 && isLinked(readCount - 1) }

  /// Takes back the operations of the chain that is open at the end; their lines.
  func removeOpenChain() -> [UInt64] {
    let first = openChainStart()
    let removed = Array(lines[first...])
    lines.removeSubrange(first...)
    starts.removeSubrange((first + 1)...)
    return removed
  }

  func reject(_ reject: InputReject) { rejects.append(reject) }

  /// Hands out the first `count` operations, as a batch of that stamp.
  package func handOut(_ count: Int, stamp: Instant?) {
    operationCount = count
    self.stamp = stamp
  }

  /// How many of the operations read stand before the chain that is open at the end.
  func openChainStart() -> Int {
    var first = readCount
    while first > 0 && isLinked(first - 1) { first -= 1 }
    return first
  }

  func line(ofOperation index: Int) -> UInt64 {
    precondition(index < operationCount, "the batch has no such operation")
    return lines[index]
  }

  package func withSlots<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    // The pointer is valid inside `body` only, as the readers promise.
    try unsafe body(UnsafeRawBufferPointer(rebasing: slots[..<(starts[operationCount] * Operation.byteCount)]))
  }

  private func isLinked(_ index: Int) -> Bool {
    // Byte 59 of an operation is its flags, bit 0 the link.
    unsafe slots[starts[index] * Operation.byteCount + 59] & 1 != 0
  }

  /// Room for `count` slots behind what was read; the index of the first.
  private func reserve(_ count: Int) -> Int {
    let slot = starts[readCount]
    let needed = (slot + count) * Operation.byteCount
    if unsafe needed > slots.count {
      let larger: UnsafeMutableRawBufferPointer = unsafe .allocate(
        byteCount: max(needed, slots.count * 2), alignment: Operation.byteCount)
      unsafe larger.copyMemory(from: UnsafeRawBufferPointer(slots))
      unsafe slots.deallocate()
      unsafe slots = larger
    }
    starts.append(slot + count)
    return slot
  }
}

/// Where batches come from: a file of one format.
protocol BatchSource: AnyObject {
  /// Adds to what the batch still holds until it is full, and hands out all that may go.
  func fill(_ batch: SlotBatch) throws(InputError)
  var byteOffset: UInt64 { get }
  var byteCount: UInt64? { get }
}
