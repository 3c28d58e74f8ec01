// What Swift cannot say: prefetch hints, the CRC-32C instruction, address space that is reserved
// first and backed by memory later, and two files that change places. No policy lives here.
#ifndef MILEPOST_CINTRINSICS_H
#define MILEPOST_CINTRINSICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Asks for the cache line at `address`, to be read or written soon. Any address is allowed.
static inline void milepost_prefetch(const void *_Nonnull address) {
  __builtin_prefetch(address, 1, 3);
}

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `byteCount` bytes, continuing from `seed`
/// (0 for a new checksum). Uses the processor's instruction where it exists, a table elsewhere.
uint32_t milepost_crc32c(uint32_t seed, const void *_Nonnull bytes, size_t byteCount);

/// The portable version of `milepost_crc32c`, for its test.
uint32_t milepost_crc32c_portable(uint32_t seed, const void *_Nonnull bytes, size_t byteCount);

/// Reserves `byteCount` bytes of zeroed address space, backed by memory only where touched
/// (huge pages asked for when `hugePages`). NULL when the address space cannot be had.
void *_Nullable milepost_reserve(size_t byteCount, bool hugePages);

/// Gives back what `milepost_reserve` returned.
void milepost_release(void *_Nonnull base, size_t byteCount);

/// Touches every page in [base + from, base + to) so that later writes do not fault.
void milepost_prefault(void *_Nonnull base, size_t from, size_t to);

/// Has two files or folders of one file system change places, in one step. Returns 0, or -1 with `errno`.
int milepost_exchange(const char *_Nonnull first, const char *_Nonnull second);

/// Names the calling thread for the system's tools, at most 15 characters.
void milepost_name_thread(const char *_Nonnull name);

#ifdef MILEPOST_PLANTED_DEFECTS
/// Defects that are planted on purpose, in builds made to show that the simulation finds them. No other build has them.
typedef enum {
  milepost_defect_none = 0,
  milepost_defect_reply_before_sync,
  milepost_defect_resend_applied_again,
  milepost_defect_dirty_block_lost,
  milepost_defect_other_reply_kept,
  milepost_defect_groups_replayed_backwards,
  milepost_defect_checkpoint_ahead_of_log,
  milepost_defect_deadline_not_logged,
  milepost_defect_log_trimmed_too_far,
  milepost_defect_rows_before_manifest,
  milepost_defect_read_ahead_of_disk,
  milepost_defect_session_not_saved,
  milepost_defect_request_number_lost,
  milepost_defect_reply_trimmed_with_log,
  milepost_defect_chain_totals_kept,
  milepost_defect_archived_side_lost,
  milepost_defect_archived_reference_lost,
  milepost_defect_pruned_name_lost,
  milepost_defect_rows_dropped_early,
  milepost_defect_other_contract_archived,
  milepost_defect_evicted_session_back,
  milepost_defect_timer_fired_twice,
  milepost_defect_count,
} milepost_defect;

/// Whether this is the defect that is switched on.
bool milepost_has_defect(milepost_defect defect);

/// Switches one on.
void milepost_plant_defect(milepost_defect defect);
#endif

#endif
