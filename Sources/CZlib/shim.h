#include <stddef.h>
#include <string.h>
#include <zlib.h>

// zlib's stream refers to itself, so it stays in one place: on the stack of one call. Sizes are below 2^31.

/// Most bytes that `milepost_gzip` writes.
static inline size_t milepost_gzip_bound(size_t in_count) {
  // The header and the trailer of gzip (RFC 1952) are twelve bytes longer than those of zlib.
  return compressBound(in_count) + 12;
}

/// One member of gzip of all of `in`. Returns its bytes; 0 when there is no memory.
static inline size_t milepost_gzip(
    const unsigned char *in, size_t in_count, unsigned char *out, size_t out_room, int level) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // 16 above the window's bits: gzip.
  if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (unsigned char *)in;
  stream.avail_in = (uInt)in_count;
  stream.next_out = out;
  stream.avail_out = (uInt)out_room;
  int end = deflate(&stream, Z_FINISH);
  size_t count = out_room - stream.avail_out;
  deflateEnd(&stream);
  return end == Z_STREAM_END ? count : 0;
}

/// What one member of gzip has, and nothing behind it. Returns 0, 1 when there is no room for it, 2 when it is none.
static inline int milepost_gunzip(
    const unsigned char *in, size_t in_count, unsigned char *out, size_t out_room, size_t *out_count) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  *out_count = 0;
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return 2;
  stream.next_in = (unsigned char *)in;
  stream.avail_in = (uInt)in_count;
  stream.next_out = out;
  stream.avail_out = (uInt)out_room;
  int end = inflate(&stream, Z_FINISH);
  size_t rest = stream.avail_in, room = stream.avail_out;
  inflateEnd(&stream);
  *out_count = out_room - room;
  if (end == Z_STREAM_END) return rest == 0 ? 0 : 2;
  return room == 0 && (end == Z_BUF_ERROR || end == Z_OK) ? 1 : 2;
}
