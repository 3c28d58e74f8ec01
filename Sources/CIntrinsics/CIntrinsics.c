#define _GNU_SOURCE
#include "CIntrinsics.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t crc = n;
    for (int k = 0; k < 8; k++) crc = crc & 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
    table[0][n] = crc;
  }
  for (uint32_t n = 0; n < 256; n++)
    for (int k = 1; k < 8; k++) table[k][n] = (table[k - 1][n] >> 8) ^ table[0][table[k - 1][n] & 0xFF];
}

uint32_t milepost_crc32c_portable(uint32_t seed, const void *bytes, size_t byteCount) {
  pthread_once(&table_once, make_table);
  const uint8_t *p = bytes;
  uint32_t crc = ~seed;
  while (byteCount >= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    word ^= crc;
    crc = 0;
    for (int k = 0; k < 8; k++) crc ^= table[7 - k][(word >> (8 * k)) & 0xFF];
    p += 8;
    byteCount -= 8;
  }
  while (byteCount--) crc = (crc >> 8) ^ table[0][(crc ^ *p++) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(
    uint32_t seed, const void *bytes, size_t byteCount) {
  const uint8_t *p = bytes;
  uint64_t crc = ~seed;
  while (byteCount >= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    crc = _mm_crc32_u64(crc, word);
    p += 8;
    byteCount -= 8;
  }
  while (byteCount--) crc = _mm_crc32_u8((uint32_t)crc, *p++);
  return ~(uint32_t)crc;
}
static bool has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
__attribute__((target("+crc"))) static uint32_t crc32c_hardware(
    uint32_t seed, const void *bytes, size_t byteCount) {
  const uint8_t *p = bytes;
  uint32_t crc = ~seed;
  while (byteCount >= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    crc = __crc32cd(crc, word);
    p += 8;
    byteCount -= 8;
  }
  while (byteCount--) crc = __crc32cb(crc, *p++);
  return ~crc;
}
static bool has_hardware(void) { return getauxval(AT_HWCAP) & (1 << 7); }
#else
static uint32_t crc32c_hardware(uint32_t seed, const void *bytes, size_t byteCount) {
  return milepost_crc32c_portable(seed, bytes, byteCount);
}
static bool has_hardware(void) { return false; }
#endif

uint32_t milepost_crc32c(uint32_t seed, const void *bytes, size_t byteCount) {
  return has_hardware() ? crc32c_hardware(seed, bytes, byteCount)
                        : milepost_crc32c_portable(seed, bytes, byteCount);
}

void *milepost_reserve(size_t byteCount, bool hugePages) {
  void *base = mmap(NULL, byteCount, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return NULL;
  // A hint: where the kernel has no huge pages the memory is only slower, so the result is not an error.
  if (hugePages) (void)madvise(base, byteCount, MADV_HUGEPAGE);
  return base;
}

void milepost_release(void *base, size_t byteCount) { munmap(base, byteCount); }

void milepost_prefault(void *base, size_t from, size_t to) {
  // An atomic "or 0" dirties the page without ever losing what another thread writes meanwhile.
  uint8_t *p = base;
  for (size_t offset = from; offset < to; offset += 4096)
    __atomic_fetch_or(p + offset, 0, __ATOMIC_RELAXED);
}
