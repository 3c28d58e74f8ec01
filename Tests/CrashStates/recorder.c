// Records what a program does to the files below one directory, for tools/crash-states: to be preloaded.
//
// RECORDER_DIRECTORY names the directory, RECORDER_OUTPUT the file that the events go to. An event is 32 bytes in the
// machine's byte order (kind 4, file 4, offset 8, length 8, flags 8), then `length` bytes: what was written, or a path. Calls are
// made one at a time, so that events are in the order in which they happened. Writes through a shared map are not seen:
// LMDB makes none but to its lock file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { kind_file = 1, kind_write, kind_truncate, kind_sync, kind_rename, kind_unlink, kind_mkdir, kind_empty };
/// The write is durable when the call returns.
enum { flag_synchronous = 1 };

struct event {
  uint32_t kind;
  uint32_t file;
  uint64_t offset;
  uint64_t length;
  uint64_t flags;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static const char *directory;
static size_t directoryLength;
static int output = -1;

enum { fileMax = 1024, descriptorMax = 4096 };
static char *files[fileMax];
static uint32_t fileCount = 1;
/// The file that a descriptor is open on, 0 for those of no interest, and whether its writes are synchronous.
static uint32_t fileOf[descriptorMax];
static uint8_t isSynchronous[descriptorMax];

__attribute__((constructor)) static void start(void) {
  directory = getenv("RECORDER_DIRECTORY");
  const char *path = getenv("RECORDER_OUTPUT");
  if (!directory || !path) return;
  directoryLength = strlen(directory);
  output = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

static void die(const char *what) {
  (void)!syscall(SYS_write, 2, what, strlen(what));
  _exit(70);
}

static void put(const void *bytes, size_t count) {
  const char *p = bytes;
  while (count > 0) {
    long n = syscall(SYS_write, output, p, count);
    if (n <= 0) die("recorder: the record could not be written\n");
    p += n;
    count -= (size_t)n;
  }
}

static void note(enum kind kind, uint32_t file, uint64_t offset, const void *bytes, uint64_t length, uint64_t flags) {
  struct event event = {kind, file, offset, length, flags};
  put(&event, sizeof event);
  if (bytes && length) put(bytes, length);
}

static int isWatched(const char *path) {
  return output >= 0 && path && strncmp(path, directory, directoryLength) == 0 &&
         (path[directoryLength] == '/' || path[directoryLength] == 0);
}

static uint32_t number(const char *path) {
  for (uint32_t file = 1; file < fileCount; file++)
    if (strcmp(files[file], path) == 0) return file;
  if (fileCount == fileMax) die("recorder: too many files\n");
  files[fileCount] = strdup(path);
  note(kind_file, fileCount, 0, path, strlen(path), 0);
  return fileCount++;
}

static uint32_t watched(int descriptor) {
  return descriptor >= 0 && descriptor < descriptorMax ? fileOf[descriptor] : 0;
}

static int opened(int descriptor, const char *path, int flags, int wasThere) {
  if (descriptor < 0 || descriptor >= descriptorMax) return descriptor;
  fileOf[descriptor] = 0;
  if (!isWatched(path)) return descriptor;
  uint32_t file = number(path);
  fileOf[descriptor] = file;
  isSynchronous[descriptor] = (flags & (O_DSYNC | O_SYNC)) != 0;
  if (!wasThere || flags & O_TRUNC) note(kind_empty, file, 0, NULL, 0, 0);
  return descriptor;
}

static int openAt(int base, const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&mutex);
  struct stat status;
  int wasThere = isWatched(path) && fstatat(base, path, &status, 0) == 0;
  int descriptor = (int)syscall(SYS_openat, base, path, flags, mode);
  int error = errno;
  opened(descriptor, path, flags, wasThere);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return descriptor;
}

#define WITH_MODE(flags, mode)                   \
  mode_t mode = 0;                               \
  if (flags & (O_CREAT | O_TMPFILE)) {           \
    va_list arguments;                           \
    va_start(arguments, flags);                  \
    mode = (mode_t)va_arg(arguments, int);       \
    va_end(arguments);                           \
  }

int open(const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(AT_FDCWD, path, flags, mode); }
int openat(int base, const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(base, path, flags, mode); }
int openat64(int base, const char *path, int flags, ...) { WITH_MODE(flags, mode) return openAt(base, path, flags, mode); }

int close(int descriptor) {
  pthread_mutex_lock(&mutex);
  if (descriptor >= 0 && descriptor < descriptorMax) fileOf[descriptor] = 0;
  int result = (int)syscall(SYS_close, descriptor);
  pthread_mutex_unlock(&mutex);
  return result;
}

static void wrote(int descriptor, const void *bytes, ssize_t count, off_t offset) {
  uint32_t file = watched(descriptor);
  if (file && count > 0)
    note(kind_write, file, (uint64_t)offset, bytes, (uint64_t)count, isSynchronous[descriptor] ? flag_synchronous : 0);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  pthread_mutex_lock(&mutex);
  off_t offset = watched(descriptor) ? (off_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR) : 0;
  ssize_t result = syscall(SYS_write, descriptor, bytes, count);
  int error = errno;
  wrote(descriptor, bytes, result, offset);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  pthread_mutex_lock(&mutex);
  ssize_t result = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  int error = errno;
  wrote(descriptor, bytes, result, offset);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}

static ssize_t writeParts(int descriptor, const struct iovec *parts, int count, off_t offset, int isPlaced) {
  pthread_mutex_lock(&mutex);
  if (!isPlaced && watched(descriptor)) offset = (off_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
  ssize_t result = isPlaced ? syscall(SYS_pwritev, descriptor, parts, count, offset, 0)
                            : syscall(SYS_writev, descriptor, parts, count);
  int error = errno;
  ssize_t left = result;
  for (int index = 0; index < count && left > 0; index++) {
    ssize_t length = (ssize_t)parts[index].iov_len < left ? (ssize_t)parts[index].iov_len : left;
    wrote(descriptor, parts[index].iov_base, length, offset);
    offset += length;
    left -= length;
  }
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  return writeParts(descriptor, parts, count, 0, 0);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  return writeParts(descriptor, parts, count, offset, 1);
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
  return writeParts(descriptor, parts, count, offset, 1);
}

int ftruncate64(int descriptor, off64_t length) {
  pthread_mutex_lock(&mutex);
  int result = (int)syscall(SYS_ftruncate, descriptor, length);
  int error = errno;
  if (result == 0 && watched(descriptor)) note(kind_truncate, watched(descriptor), (uint64_t)length, NULL, 0, 0);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}
int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

static int synced(int descriptor, long call) {
  pthread_mutex_lock(&mutex);
  int result = (int)syscall(call, descriptor);
  int error = errno;
  if (result == 0 && watched(descriptor)) note(kind_sync, watched(descriptor), 0, NULL, 0, 0);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}
int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&mutex);
  int result = (int)syscall(SYS_rename, from, to);
  int error = errno;
  if (result == 0 && isWatched(from) && isWatched(to)) {
    uint32_t source = number(from), target = number(to);
    note(kind_rename, source, target, NULL, 0, 0);
  }
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

int unlink(const char *path) {
  pthread_mutex_lock(&mutex);
  int result = (int)syscall(SYS_unlink, path);
  int error = errno;
  if (result == 0 && isWatched(path)) note(kind_unlink, number(path), 0, NULL, 0, 0);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

int mkdir(const char *path, mode_t mode) {
  pthread_mutex_lock(&mutex);
  int result = (int)syscall(SYS_mkdir, path, mode);
  int error = errno;
  if (result == 0 && isWatched(path)) note(kind_mkdir, number(path), 0, NULL, 0, 0);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}
