#include "SimulatedLMDB.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

// A database is a treap that shares what did not change between versions, so a snapshot is a pointer and a write
// copies one path.

namespace {

struct Value {
  explicit Value(size_t count) : count(count), bytes(static_cast<uint8_t *>(std::malloc(count ? count : 1))) {}
  ~Value() { std::free(bytes); }
  Value(const Value &) = delete;
  size_t count;
  uint8_t *bytes;
};

struct Node;
using Link = std::shared_ptr<const Node>;

struct Node {
  std::string key;
  std::shared_ptr<Value> value;
  uint64_t priority;
  Link left, right;
};

struct Tree {
  Link root;
  bool integerKeys = false;
  size_t entryCount = 0;
  size_t byteCount = 0;
};

struct Version {
  std::map<std::string, Tree> trees;
  uint64_t transaction = 0;

  size_t pageCount() const {
    size_t bytes = 0;
    for (auto &tree : trees) bytes += tree.second.byteCount + 64 * tree.second.entryCount;
    return 4 + bytes / 4096;
  }
};

using VersionLink = std::shared_ptr<const Version>;

/// What is on disk, by directory.
std::map<std::string, VersionLink> disks;
uint64_t commitCount = 0;
/// Counts crashes and restarts: what was opened in an earlier life has no disk.
uint64_t life = 0;
bool hasCrashed = false;
bool hasFailed = false;
simulated_fault plannedFault = simulated_fault_none;
uint64_t commitsToFault = 0;

uint64_t priorityOf(const std::string &key) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char byte : key) hash = (hash ^ byte) * 0x100000001b3u;
  hash ^= hash >> 32;
  return hash * 0x9e3779b97f4a7c15u;
}

int compare(const std::string &a, const std::string &b, bool integerKeys) {
  if (integerKeys && a.size() == 8 && b.size() == 8) {
    uint64_t x, y;
    std::memcpy(&x, a.data(), 8);
    std::memcpy(&y, b.data(), 8);
    return x < y ? -1 : x > y;
  }
  size_t shorter = a.size() < b.size() ? a.size() : b.size();
  int order = std::memcmp(a.data(), b.data(), shorter);
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

Link with(const Link &node, Link left, Link right) {
  auto copy = std::make_shared<Node>(*node);
  copy->left = std::move(left);
  copy->right = std::move(right);
  return copy;
}

/// Parts a tree into what is before `key` and what is behind it; a node with the key itself is left out.
void split(const Link &node, const std::string &key, bool integerKeys, Link &before, Link &behind) {
  if (!node) {
    before = behind = nullptr;
    return;
  }
  int order = compare(node->key, key, integerKeys);
  Link inner;
  if (order < 0) {
    split(node->right, key, integerKeys, inner, behind);
    before = with(node, node->left, inner);
  } else if (order > 0) {
    split(node->left, key, integerKeys, before, inner);
    behind = with(node, inner, node->right);
  } else {
    before = node->left;
    behind = node->right;
  }
}

Link merge(const Link &a, const Link &b) {
  if (!a) return b;
  if (!b) return a;
  if (a->priority > b->priority) return with(a, a->left, merge(a->right, b));
  return with(b, merge(a, b->left), b->right);
}

const Node *find(const Tree &tree, const std::string &key) {
  const Node *node = tree.root.get();
  while (node) {
    int order = compare(node->key, key, tree.integerKeys);
    if (order == 0) return node;
    node = order < 0 ? node->right.get() : node->left.get();
  }
  return nullptr;
}

/// The first node at or behind `key`, or behind it only.
const Node *atOrBehind(const Tree &tree, const std::string &key, bool orAt) {
  const Node *best = nullptr;
  const Node *node = tree.root.get();
  while (node) {
    int order = compare(node->key, key, tree.integerKeys);
    if (order > 0 || (orAt && order == 0)) {
      best = node;
      node = node->left.get();
    } else {
      node = node->right.get();
    }
  }
  return best;
}

const Node *before(const Tree &tree, const std::string &key) {
  const Node *best = nullptr;
  const Node *node = tree.root.get();
  while (node) {
    if (compare(node->key, key, tree.integerKeys) < 0) {
      best = node;
      node = node->right.get();
    } else {
      node = node->left.get();
    }
  }
  return best;
}

const Node *edge(const Tree &tree, bool isLast) {
  const Node *node = tree.root.get();
  while (node && (isLast ? node->right : node->left)) node = (isLast ? node->right : node->left).get();
  return node;
}

void erase(Tree &tree, const std::string &key) {
  const Node *node = find(tree, key);
  if (!node) return;
  tree.entryCount -= 1;
  tree.byteCount -= node->key.size() + node->value->count;
  Link left, right;
  split(tree.root, key, tree.integerKeys, left, right);
  tree.root = merge(left, right);
}

void insert(Tree &tree, std::string key, std::shared_ptr<Value> value) {
  erase(tree, key);
  tree.entryCount += 1;
  tree.byteCount += key.size() + value->count;
  Link left, right;
  split(tree.root, key, tree.integerKeys, left, right);
  auto node = std::make_shared<Node>();
  node->priority = priorityOf(key);
  node->key = std::move(key);
  node->value = std::move(value);
  tree.root = merge(merge(left, node), right);
}

std::string text(const MDB_val *value) {
  return std::string(static_cast<const char *>(value->mv_data), value->mv_size);
}

void give(const Node *node, MDB_val *key, MDB_val *value) {
  // Callers only read, as from LMDB's own map.
  if (key) *key = {node->key.size(), const_cast<char *>(node->key.data())};
  if (value) *value = {node->value->count, node->value->bytes};
}

/// A file that looks like an environment's to whoever looks before opening: two header pages.
int makeFile(const std::string &path) {
  int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) return -1;
  if (lseek(descriptor, 0, SEEK_END) > 0) return descriptor;
  std::vector<uint8_t> pages(4 * 4096);
  for (size_t page = 0; page < 2; page++) {
    uint8_t *base = pages.data() + page * 4096;
    const uint32_t magic = 0xBEEFC0DE, version = 1, pageSize = 4096;
    const uint64_t lastPage = 1;
    std::memcpy(base + 16, &magic, 4);
    std::memcpy(base + 20, &version, 4);
    std::memcpy(base + 40, &pageSize, 4);
    std::memcpy(base + 136, &lastPage, 8);
  }
  if (write(descriptor, pages.data(), pages.size()) != static_cast<ssize_t>(pages.size())) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

}  // namespace

struct MDB_env {
  std::string path;
  int descriptor = -1;
  size_t mapByteCount = 1 << 20;
  unsigned readerCountMax = 126;
  std::vector<std::string> names;
  uint64_t life = 0;
  /// A commit failed: nothing is written through this handle any more.
  bool hasFailed = false;
  MDB_txn *writer = nullptr;

  bool hasDisk() const { return life == ::life && !hasCrashed; }
};

struct MDB_txn {
  MDB_env *environment;
  bool isReadOnly;
  VersionLink base;
  /// The writer's own version.
  std::shared_ptr<Version> own;
  bool isDirty = false;

  const Tree *tree(MDB_dbi database) const {
    if (database >= environment->names.size()) return nullptr;
    const Version &version = own ? *own : *base;
    auto found = version.trees.find(environment->names[database]);
    return found == version.trees.end() ? nullptr : &found->second;
  }
  Tree *writable(MDB_dbi database) {
    isDirty = true;
    return const_cast<Tree *>(tree(database));
  }
};

struct MDB_cursor {
  MDB_txn *transaction;
  MDB_dbi database;
  std::string key;
  bool isPlaced = false;
};

extern "C" {

void simulated_disk_plan(simulated_fault fault, uint64_t count) {
  plannedFault = fault;
  commitsToFault = count;
}

void simulated_disk_crash(void) { hasCrashed = true; }
bool simulated_disk_has_crashed(void) { return hasCrashed; }
bool simulated_disk_has_failed(void) { return hasFailed; }

void simulated_disk_restart(void) {
  life += 1;
  hasCrashed = false;
  hasFailed = false;
  plannedFault = simulated_fault_none;
}

void simulated_disk_forget(void) {
  simulated_disk_restart();
  disks.clear();
  commitCount = 0;
}

uint64_t simulated_disk_commit_count(void) { return commitCount; }

char *mdb_version(int *major, int *minor, int *patch) {
  if (major) *major = MDB_VERSION_MAJOR;
  if (minor) *minor = MDB_VERSION_MINOR;
  if (patch) *patch = MDB_VERSION_PATCH;
  return const_cast<char *>("simulated");
}

char *mdb_strerror(int code) {
  return const_cast<char *>(code == 0 ? "no error" : code > 0 ? "a simulated system error" : "a simulated LMDB error");
}

int mdb_env_create(MDB_env **environment) {
  *environment = new MDB_env();
  (*environment)->life = life;
  return 0;
}

int mdb_env_set_mapsize(MDB_env *environment, size_t byteCount) {
  environment->mapByteCount = byteCount;
  return 0;
}

int mdb_env_set_maxreaders(MDB_env *environment, unsigned int count) {
  environment->readerCountMax = count;
  return 0;
}

int mdb_env_set_maxdbs(MDB_env *, MDB_dbi) { return 0; }

int mdb_env_open(MDB_env *environment, const char *path, unsigned int, mdb_mode_t) {
  environment->path = path;
  environment->descriptor = makeFile(environment->path + "/data.mdb");
  if (environment->descriptor < 0) return errno;
  auto &disk = disks[environment->path];
  if (!disk) disk = std::make_shared<Version>();
  return 0;
}

void mdb_env_close(MDB_env *environment) {
  if (environment->descriptor >= 0) close(environment->descriptor);
  delete environment;
}

int mdb_env_get_fd(MDB_env *environment, mdb_filehandle_t *descriptor) {
  *descriptor = environment->descriptor;
  return 0;
}

int mdb_env_get_maxkeysize(MDB_env *) { return 511; }

int mdb_env_info(MDB_env *environment, MDB_envinfo *info) {
  const Version &version = *disks[environment->path];
  *info = {};
  info->me_mapsize = environment->mapByteCount;
  info->me_last_pgno = version.pageCount() - 1;
  info->me_last_txnid = version.transaction;
  info->me_maxreaders = environment->readerCountMax;
  info->me_numreaders = 1;
  return 0;
}

int mdb_env_stat(MDB_env *, MDB_stat *stat) {
  *stat = {};
  stat->ms_psize = 4096;
  return 0;
}

int mdb_reader_check(MDB_env *, int *dead) {
  *dead = 0;
  return 0;
}

int mdb_env_copy2(MDB_env *, const char *, unsigned int) { return ENOSYS; }

int mdb_txn_begin(MDB_env *environment, MDB_txn *, unsigned int flags, MDB_txn **transaction) {
  if (!environment->hasDisk()) return EIO;
  bool isReadOnly = flags & MDB_RDONLY;
  if (!isReadOnly && environment->hasFailed) return MDB_PANIC;
  // LMDB would wait for the other writer, which on one thread is for ever.
  if (!isReadOnly && environment->writer) std::abort();
  auto begun = new MDB_txn{environment, isReadOnly, disks[environment->path], nullptr, false};
  if (!isReadOnly) {
    begun->own = std::make_shared<Version>(*begun->base);
    environment->writer = begun;
  }
  *transaction = begun;
  return 0;
}

void mdb_txn_abort(MDB_txn *transaction) {
  if (transaction->environment->writer == transaction) transaction->environment->writer = nullptr;
  delete transaction;
}

int mdb_txn_commit(MDB_txn *transaction) {
  std::unique_ptr<MDB_txn> ended(transaction);
  MDB_env *environment = transaction->environment;
  if (environment->writer == transaction) environment->writer = nullptr;
  if (transaction->isReadOnly || !transaction->isDirty) return 0;
  if (!environment->hasDisk()) return EIO;
  simulated_fault fault = simulated_fault_none;
  if (plannedFault != simulated_fault_none && commitsToFault-- == 0) {
    fault = plannedFault;
    plannedFault = simulated_fault_none;
  }
  commitCount += 1;
  bool isWritten = fault == simulated_fault_none || fault == simulated_fault_crash_after || fault == simulated_fault_kept;
  if (isWritten) {
    transaction->own->transaction += 1;
    disks[environment->path] = transaction->own;
  }
  if (fault == simulated_fault_none) return 0;
  environment->hasFailed = true;
  hasFailed = true;
  if (fault == simulated_fault_crash_before || fault == simulated_fault_crash_after) hasCrashed = true;
  return fault == simulated_fault_full ? ENOSPC : EIO;
}

int mdb_dbi_open(MDB_txn *transaction, const char *name, unsigned int flags, MDB_dbi *database) {
  std::string wanted = name ? name : "";
  const Version &version = transaction->own ? *transaction->own : *transaction->base;
  if (version.trees.find(wanted) == version.trees.end()) {
    if (name && !(flags & MDB_CREATE)) return MDB_NOTFOUND;
    if (!transaction->own) return EACCES;
    transaction->own->trees[wanted].integerKeys = flags & MDB_INTEGERKEY;
    transaction->isDirty = true;
  }
  auto &names = transaction->environment->names;
  for (size_t index = 0; index < names.size(); index++) {
    if (names[index] == wanted) {
      *database = static_cast<MDB_dbi>(index);
      return 0;
    }
  }
  names.push_back(wanted);
  *database = static_cast<MDB_dbi>(names.size() - 1);
  return 0;
}

int mdb_stat(MDB_txn *transaction, MDB_dbi database, MDB_stat *stat) {
  const Tree *tree = transaction->tree(database);
  if (!tree) return EINVAL;
  *stat = {};
  stat->ms_psize = 4096;
  stat->ms_depth = 1;
  stat->ms_leaf_pages = 1 + tree->byteCount / 4096;
  stat->ms_entries = tree->entryCount;
  return 0;
}

int mdb_get(MDB_txn *transaction, MDB_dbi database, MDB_val *key, MDB_val *value) {
  if (!transaction->environment->hasDisk()) return EIO;
  const Tree *tree = transaction->tree(database);
  if (!tree) return EINVAL;
  const Node *node = find(*tree, text(key));
  if (!node) return MDB_NOTFOUND;
  give(node, nullptr, value);
  return 0;
}

int mdb_put(MDB_txn *transaction, MDB_dbi database, MDB_val *key, MDB_val *value, unsigned int flags) {
  if (!transaction->environment->hasDisk()) return EIO;
  if (transaction->isReadOnly) return EACCES;
  if (key->mv_size == 0 || key->mv_size > 511) return MDB_BAD_VALSIZE;
  Tree *tree = transaction->writable(database);
  if (!tree) return EINVAL;
  std::string name = text(key);
  if ((flags & MDB_NOOVERWRITE) && find(*tree, name)) return MDB_KEYEXIST;
  if (flags & MDB_APPEND) {
    const Node *last = edge(*tree, true);
    if (last && compare(last->key, name, tree->integerKeys) >= 0) return MDB_KEYEXIST;
  }
  if (transaction->own->pageCount() * 4096 + value->mv_size > transaction->environment->mapByteCount) return MDB_MAP_FULL;
  auto room = std::make_shared<Value>(value->mv_size);
  if (flags & MDB_RESERVE) {
    // Room is not cleared: whoever forgets to write all of it is found out.
    std::memset(room->bytes, 0xA5, room->count);
    value->mv_data = room->bytes;
  } else if (room->count > 0) {
    std::memcpy(room->bytes, value->mv_data, room->count);
  }
  insert(*tree, std::move(name), std::move(room));
  return 0;
}

int mdb_del(MDB_txn *transaction, MDB_dbi database, MDB_val *key, MDB_val *) {
  if (!transaction->environment->hasDisk()) return EIO;
  const Tree *tree = transaction->tree(database);
  if (!tree || transaction->isReadOnly) return EINVAL;
  std::string name = text(key);
  if (!find(*tree, name)) return MDB_NOTFOUND;
  erase(*transaction->writable(database), name);
  return 0;
}

int mdb_cursor_open(MDB_txn *transaction, MDB_dbi database, MDB_cursor **cursor) {
  if (!transaction->tree(database)) return EINVAL;
  *cursor = new MDB_cursor{transaction, database, "", false};
  return 0;
}

void mdb_cursor_close(MDB_cursor *cursor) { delete cursor; }

int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op operation) {
  if (!cursor->transaction->environment->hasDisk()) return EIO;
  const Tree *tree = cursor->transaction->tree(cursor->database);
  if (!tree) return EINVAL;
  const Node *node = nullptr;
  switch (operation) {
    case MDB_FIRST: node = edge(*tree, false); break;
    case MDB_LAST: node = edge(*tree, true); break;
    case MDB_NEXT: node = cursor->isPlaced ? atOrBehind(*tree, cursor->key, false) : edge(*tree, false); break;
    case MDB_PREV: node = cursor->isPlaced ? before(*tree, cursor->key) : edge(*tree, true); break;
    case MDB_SET_RANGE: node = atOrBehind(*tree, text(key), true); break;
    default: return EINVAL;
  }
  if (!node) return MDB_NOTFOUND;
  cursor->key = node->key;
  cursor->isPlaced = true;
  give(node, key, value);
  return 0;
}

int mdb_cursor_del(MDB_cursor *cursor, unsigned int) {
  if (!cursor->transaction->environment->hasDisk()) return EIO;
  Tree *tree = cursor->transaction->writable(cursor->database);
  if (!tree || !cursor->isPlaced) return EINVAL;
  erase(*tree, cursor->key);
  return 0;
}

}  // extern "C"
