// Makes calls on LMDB's files fail, the wall clock jump, and the process end, for tools/faults and tools/use-check: to be preloaded into a server.
//
// FAULTS_CONTROL names a file of one line that is looked at on every call: `none`, `sync-error`, `write-error`, `disk-full`,
// `short-write`, `clock` and milliseconds, or `kill` and a number: SIGKILL before so many-th a write of the process. All last until the line changes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { descriptorMax = 4096, controlLength = 64 };
static const volatile char *control;
static uint8_t isData[descriptorMax];
static atomic_int writeCount;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FAULTS_CONTROL");
  if (!path) return;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return;
  // The file is written in place, so the map shows every change at once.
  void *map = mmap(NULL, controlLength, PROT_READ, MAP_SHARED, descriptor, 0);
  if (map != MAP_FAILED) control = map;
  syscall(SYS_close, descriptor);
}

static int is(const char *name) { return control && strncmp((const char *)control, name, strlen(name)) == 0; }

static int openAt(int base, const char *path, int flags, mode_t mode) {
  int descriptor = (int)syscall(SYS_openat, base, path, flags, mode);
  size_t length = strlen(path);
  if (descriptor >= 0 && descriptor < descriptorMax)
    isData[descriptor] = length >= 8 && strcmp(path + length - 8, "data.mdb") == 0;
  return descriptor;
}

#define WITH_MODE(flags, mode)       \
  mode_t mode = 0;                   \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list arguments;               \
    va_start(arguments, flags);      \
    mode = (mode_t)va_arg(arguments, int); \
    va_end(arguments);               \
  }

int open(const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(AT_FDCWD, path, flags, mode); }
int openat(int base, const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(base, path, flags, mode); }
int openat64(int base, const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(base, path, flags, mode); }

/// The error that a write meets, 0 for none; a short write cuts `count`.
static int writeError(int descriptor, size_t *count) {
  if (descriptor < 0 || descriptor >= descriptorMax || !isData[descriptor]) return 0;
  int number = atomic_fetch_add(&writeCount, 1) + 1;
  if (is("kill ") && number >= atoi((const char *)control + 5)) raise(SIGKILL);
  if (is("write-error")) return EIO;
  if (is("disk-full")) return ENOSPC;
  if (is("short-write") && *count > 512) *count = *count / 2 & ~(size_t)511;
  return 0;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  int error = writeError(descriptor, &count);
  if (error) {
    errno = error;
    return -1;
  }
  return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int partCount, off64_t offset) {
  size_t count = 0;
  for (int index = 0; index < partCount; index++) count += parts[index].iov_len;
  size_t allowed = count;
  int error = writeError(descriptor, &allowed);
  if (error) {
    errno = error;
    return -1;
  }
  // A short write of several parts: the first alone.
  return syscall(SYS_pwritev, descriptor, parts, allowed < count ? 1 : partCount, offset, 0);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  return pwritev64(descriptor, parts, count, offset);
}

static int synced(int descriptor, long call) {
  if (descriptor >= 0 && descriptor < descriptorMax && isData[descriptor] && is("sync-error")) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(call, descriptor);
}
int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int)syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME && is("clock ")) {
    long long jump = atoll((const char *)control + 6);
    long long now = (long long)time->tv_sec * 1000 + time->tv_nsec / 1000000 + jump;
    time->tv_sec = now / 1000;
    time->tv_nsec = now % 1000 * 1000000 + time->tv_nsec % 1000000;
  }
  return result;
}
