import ArgumentParser
import Dataset
import Formats
import Kernel
import LoadGenerator

extension Recording {
  /// Reads a file of operations, and has a kernel in this process answer them: those are the answers that a server must give.
  ///
  /// - Parameter now: the instant of all its operations.
  /// - Throws: `InputError` when the file cannot be read, `ValidationError` when a line of it is no operation, or when it has more than 2^20
  ///   contracts.
  init(path: String, now: Instant) throws {
    self.init(name: path)
    let contractCountMax = 1 << 20
    var kernel = KernelRunner(contractCountMax: contractCountMax)
    var reader = try OperationReader(path: path)
    while try reader.next() {
      if let reject = reader.rejects.first { throw ValidationError("\(path): \(reject)") }
      guard contractCount + reader.operationCount <= contractCountMax else {
        throw ValidationError("\(path): has more than \(contractCountMax) contracts")
      }
      // The slots are used inside the closure only.
      unsafe reader.withSlots { slots in
        let results = unsafe kernel.apply(slots: slots, stamp: now)
        unsafe append(slots, results)
      }
    }
    for (contract, _) in kernel.contracts() { add(contract) }
  }
}
