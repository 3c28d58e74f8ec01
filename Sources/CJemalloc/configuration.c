#include "CJemalloc.h"

// What the allocator reads when it starts. Filters of the archive, the largest thing it serves, are met at random: in huge
// pages a look-up costs a cache miss and not an address translation besides.
const char *malloc_conf = "thp:always";
