# shellcheck shell=bash
# What checks of the command line share; `tools/access-check` and `tools/template-check` source it with their arguments, from the root of the
# project. Sets `binary`, and `directory`, an empty one that is removed at the end together with `server`, if there is one.
# A step's words are in the file `said` of the working directory; the first one that fails shows them, and ends the check.

binary=.build/release/milepost
while [ $# -gt 0 ]; do
  case "$1" in
    --binary) binary=$2; shift 2 ;;
    # The command's own first lines are its help.
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
  esac
done
[ -x "$binary" ] || { echo "$binary is not there: swift build -c release, or --binary FILE" >&2; exit 1; }
binary=$(realpath "$binary")

directory=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
  rm -rf "$directory"
}
trap cleanup EXIT

ok() { echo "ok      $1"; }
fail() {
  echo "FAILED  $1"
  cat said >&2 2>/dev/null || true
  exit 1
}

# does NAME COMMAND...: must succeed.
does() {
  local name=$1
  shift
  "$@" >said 2>&1 || fail "$name"
  ok "$name"
}

# says NAME PATTERN COMMAND...: must succeed and say it.
says() {
  local name=$1 pattern=$2
  shift 2
  "$@" >said 2>&1 || fail "$name"
  grep -q -- "$pattern" said || fail "$name: it does not say '$pattern'"
  ok "$name"
}

# refused NAME PATTERN COMMAND...: must fail and say why.
refused() {
  local name=$1 pattern=$2
  shift 2
  if "$@" >said 2>&1; then fail "$name: it was taken"; fi
  grep -q -- "$pattern" said || fail "$name: it does not say '$pattern'"
  ok "$name is refused: $(grep -m1 -- "$pattern" said | cut -c1-140)"
}

# serve ARGUMENT...: starts a server on the store `store`, waits for its line, sets `server`, and `address` by the name of this machine.
serve() {
  "$binary" serve --store store --listen 127.0.0.1:0 "$@" >out 2>err &
  server=$!
  for _ in $(seq 300); do
    if grep -q '^ready ' out; then break; fi
    kill -0 "$server" 2>/dev/null || { cp err said; fail "the server ended"; }
    sleep 0.1
  done
  address=localhost:$(sed -n 's/^ready .*://p' out)
}

# finish: has the server end in order.
finish() {
  kill -TERM "$server"
  local code=0
  wait "$server" || code=$?
  server=
  [ "$code" -eq 0 ] || fail "the server ended with $code"
}
