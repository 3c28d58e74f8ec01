#define _GNU_SOURCE
#include "CIntrinsics.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
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

// The instruction has a latency of three cycles and a throughput of one, so three lanes run at once. Their
// checksums are joined by moving the earlier one over the length of a lane: multiplication by x^(8 * length)
// modulo the polynomial, by tables of a byte each.
enum { lane_long = 2048, lane_short = 256 };
static uint32_t move_long[4][256], move_short[4][256];
static pthread_once_t move_once = PTHREAD_ONCE_INIT;

// The product of two polynomials modulo the Castagnoli polynomial, both bit-reflected.
static uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
    if (a & bit) product ^= b;
    b = b & 1 ? (b >> 1) ^ 0x82F63B78u : b >> 1;
  }
  return product;
}

static void make_move(uint32_t move[4][256], uint32_t byteCount) {
  // x^(8 * byteCount), by squaring: byteCount is a power of two.
  uint32_t power = 1u << (31 - 8);
  for (uint32_t n = 1; n < byteCount; n *= 2) power = multiply(power, power);
  for (uint32_t k = 0; k < 4; k++)
    for (uint32_t n = 0; n < 256; n++) move[k][n] = multiply(power, n << (8 * k));
}

static void make_moves(void) {
  make_move(move_long, lane_long);
  make_move(move_short, lane_short);
}

static inline uint32_t moved(const uint32_t move[4][256], uint32_t crc) {
  return move[0][crc & 0xFF] ^ move[1][crc >> 8 & 0xFF] ^ move[2][crc >> 16 & 0xFF] ^ move[3][crc >> 24];
}

#if defined(__x86_64__)
#define CRC_TARGET __attribute__((target("sse4.2")))
#define CRC_WORD(crc, word) ((uint32_t)_mm_crc32_u64(crc, word))
#define CRC_BYTE(crc, byte) _mm_crc32_u8(crc, byte)
static bool has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
#define CRC_TARGET __attribute__((target("+crc")))
#define CRC_WORD(crc, word) __crc32cd(crc, word)
#define CRC_BYTE(crc, byte) __crc32cb(crc, byte)
static bool has_hardware(void) { return getauxval(AT_HWCAP) & (1 << 7); }
#endif

#if defined(CRC_TARGET)
CRC_TARGET static inline uint32_t crc_words(uint32_t crc, const uint8_t *p, size_t byteCount) {
  for (size_t offset = 0; offset < byteCount; offset += 8) {
    uint64_t word;
    memcpy(&word, p + offset, 8);
    crc = CRC_WORD(crc, word);
  }
  return crc;
}

CRC_TARGET static inline uint32_t crc_lanes(
    uint32_t crc, const uint8_t *p, size_t lane, const uint32_t move[4][256]) {
  uint32_t second = 0, third = 0;
  for (size_t offset = 0; offset < lane; offset += 8) {
    uint64_t a, b, c;
    memcpy(&a, p + offset, 8);
    memcpy(&b, p + lane + offset, 8);
    memcpy(&c, p + 2 * lane + offset, 8);
    crc = CRC_WORD(crc, a);
    second = CRC_WORD(second, b);
    third = CRC_WORD(third, c);
  }
  return moved(move, moved(move, crc) ^ second) ^ third;
}

CRC_TARGET static uint32_t crc32c_hardware(uint32_t seed, const void *bytes, size_t byteCount) {
  const uint8_t *p = bytes;
  uint32_t crc = ~seed;
  if (byteCount >= 3 * lane_short) {
    pthread_once(&move_once, make_moves);
    for (; byteCount >= 3 * lane_long; p += 3 * lane_long, byteCount -= 3 * lane_long)
      crc = crc_lanes(crc, p, lane_long, move_long);
    for (; byteCount >= 3 * lane_short; p += 3 * lane_short, byteCount -= 3 * lane_short)
      crc = crc_lanes(crc, p, lane_short, move_short);
  }
  size_t words = byteCount & ~(size_t)7;
  crc = crc_words(crc, p, words);
  for (p += words, byteCount -= words; byteCount; byteCount--) crc = CRC_BYTE(crc, *p++);
  return ~crc;
}
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

static const size_t hugePage = (size_t)2 << 20;

void *milepost_reserve(size_t byteCount, bool hugePages) {
  // A huge page must begin at a multiple of its size, which not every kernel sees to by itself.
  size_t slack = hugePages ? hugePage : 0;
  uint8_t *base = mmap(NULL, byteCount + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return NULL;
  if (!hugePages) return base;
  size_t before = (hugePage - (uintptr_t)base % hugePage) % hugePage;
  if (before > 0) munmap(base, before);
  base += before;
  // Whole pages are given back; what is left of the last one stays with the mapping's end.
  size_t end = (byteCount + 4095) & ~(size_t)4095;
  if (slack > before) munmap(base + end, slack - before);
  // A hint: where the kernel has no huge pages the memory is only slower, so the result is not an error.
  (void)madvise(base, byteCount, MADV_HUGEPAGE);
  return base;
}

void milepost_release(void *base, size_t byteCount) { munmap(base, byteCount); }

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void milepost_prefault(void *base, size_t from, size_t to) {
  uint8_t *p = base;
  size_t start = from & ~(size_t)4095;
  // Linux 5.14 and newer do it in one call.
  if (madvise(p + start, to - start, MADV_POPULATE_WRITE) == 0) return;
  // A swap of a byte for itself dirties the page without ever losing what another thread writes meanwhile. An atomic
  // "or 0" would not do: compilers make it a load, and a load only maps the page of zeros.
  for (size_t offset = start; offset < to; offset += 4096) {
    uint8_t byte = __atomic_load_n(p + offset, __ATOMIC_RELAXED);
    __atomic_compare_exchange_n(p + offset, &byte, byte, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  }
}

int milepost_exchange(const char *first, const char *second) {
  return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

void milepost_name_thread(const char *name) {
  // Fails for a name that is too long only; then the thread keeps the process's.
  (void)pthread_setname_np(pthread_self(), name);
}

#ifdef MILEPOST_PLANTED_DEFECTS
static milepost_defect planted = milepost_defect_none;

bool milepost_has_defect(milepost_defect defect) { return planted == defect; }

void milepost_plant_defect(milepost_defect defect) { planted = defect; }
#endif
