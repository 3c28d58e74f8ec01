// LMDB's interface over memory, for a simulated disk: what commits stays, what does not is gone, and a fault comes when it
// was asked for. A program that links this gets it in place of the library. One thread.
#ifndef SIMULATED_LMDB_H
#define SIMULATED_LMDB_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What happens at a commit that changes something.
typedef enum {
  simulated_fault_none = 0,
  /// The process ends before anything is written.
  simulated_fault_crash_before,
  /// The process ends when all is written, before it hears of it.
  simulated_fault_crash_after,
  /// The write fails and nothing is there.
  simulated_fault_lost,
  /// The write is said to have failed, and all is there.
  simulated_fault_kept,
  /// The disk is full: the write fails and nothing is there.
  simulated_fault_full,
} simulated_fault;

/// Plans a fault for the commit after `commitCount` more of them; replaces what was planned.
void simulated_disk_plan(simulated_fault fault, uint64_t commitCount);

/// Ends the process of everything that is open: none of it reads or writes any more.
void simulated_disk_crash(void);

/// Whether everything that is open has lost its disk, by a crash that was planned or not.
bool simulated_disk_has_crashed(void);

/// Whether a planned fault has come since the last restart.
bool simulated_disk_has_failed(void);

/// Lets new environments be opened after a crash or a fault.
void simulated_disk_restart(void);

/// Forgets all that was ever written.
void simulated_disk_forget(void);

/// Commits that changed something since the disk was forgotten.
uint64_t simulated_disk_commit_count(void);

#ifdef MILEPOST_PLANTED_DEFECTS
/// Switches a planted defect on, by its number in CIntrinsics.h; 0 switches it off.
void milepost_plant_defect(int defect);
#endif

#ifdef __cplusplus
}
#endif
#endif
