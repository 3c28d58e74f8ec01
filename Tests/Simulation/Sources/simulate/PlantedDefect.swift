import SimulatedLMDB

/// Defects that the product has only in a build made for that: each must be found.
enum PlantedDefect: Int32, CaseIterable {
  // The numbers of CIntrinsics.h.
  case replyBeforeSync = 1
  case resendAppliedAgain, dirtyBlockLost, otherReplyKept, groupsReplayedBackwards, checkpointAheadOfLog,
    deadlineNotLogged, logTrimmedTooFar, rowsBeforeManifest, readAheadOfDisk, sessionNotSaved, requestNumberLost,
    replyTrimmedWithLog, chainTotalsKept, archivedSideLost, archivedReferenceLost, prunedNameLost,
    rowsDroppedEarly, otherContractArchived, evictedSessionBack,
    timerFiredTwice

  var name: String { "\(self)" }

  init?(name: String) {
    guard let found = Self.available.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  static var names: String { available.isEmpty ? "none in this one" : available.map(\.name).joined(separator: ", ") }

  #if MILEPOST_PLANTED_DEFECTS
    private static let available = allCases
    func plant() { milepost_plant_defect(rawValue) }
  #else
    private static let available: [PlantedDefect] = []
    func plant() { preconditionFailure("a build without planted defects") }
  #endif
}
