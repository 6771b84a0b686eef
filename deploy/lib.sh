# shellcheck shell=bash
# Sourced by try.sh and test.sh: Debian's packages, and long jobs that show they are alive.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${CUNZHENG_JOBS:-2}  # one heavy file takes 1.2 GiB to compile: raise it only where there is memory
logs=$root/build/logs
mkdir -p "$logs" || exit 1

packages_to_build=(
  g++ cmake ninja-build ccache mold pkg-config git ca-certificates openssl
  libboost1.81-dev libboost-json1.81-dev libleveldb-dev libcereal-dev libsodium-dev libssl-dev libzstd-dev
  libxlsxwriter-dev libexpected-dev libcli11-dev libfmt-dev libspdlog-dev libgtest-dev libgmock-dev libbenchmark-dev
  jq  # the story reads answers with it
)
packages_to_test=(clang-14 libclang-rt-14-dev libfaketime unzip)

say() { printf '%s\n' "$*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }

elapsed() {  # seconds since the start given, as people read them
  local seconds=$((SECONDS - $1))
  if [ "$seconds" -lt 60 ]; then printf '%d s' "$seconds"; else printf '%d min %02d s' $((seconds / 60)) $((seconds % 60)); fi
}

# phase NAME LOG COMMAND...: the command's output goes to build/logs/LOG.log. Every 20 seconds a line says where it
# stands, at the end a line says how it ended; when it failed, what failed follows. Returns its status.
ticker=
phase() {
  local name=$1 log=$logs/$2.log start=$SECONDS status=0
  shift 2
  printf '== %s\n' "$name"
  : >"$log"
  (
    trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    while :; do
      sleep 20 >/dev/null 2>&1 &
      nap=$!
      wait "$nap"
      printf '   %s: %s\n' "$(elapsed "$start")" "$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-110)"
    done
  ) &
  ticker=$!
  "$@" >"$log" 2>&1 || status=$?
  quiet_ticker
  if [ "$status" = 0 ]; then
    printf '   done in %s\n' "$(elapsed "$start")"
  else
    printf '   FAILED after %s (status %s); from %s:\n' "$(elapsed "$start")" "$status" "${log#"$root"/}"
    what_failed "$log" | cut -c 1-400 | sed 's/^/   | /'
  fi
  return "$status"
}

# The telling part of a log: tests that failed with what they printed, or a compiler's words, or else the end.
what_failed() {
  awk '
    /^ *[0-9]+\/[0-9]+ Test +#/ { in_test = 0 }
    /^ *[0-9]+\/[0-9]+ Test +#.*\*\*\*(Failed|Timeout|Exception|Not Run)/ { in_test = 1 }
    /^ +Start +[0-9]+:/ { in_test = 0 }
    /^The following tests FAILED/ || /^FAILED: / { to_end = 1 }
    in_test || to_end { print; found = 1 }
    END { exit !found }' "$1" | head -n 200
  [ "${PIPESTATUS[0]}" = 0 ] || tail -n 60 "$1"
}

quiet_ticker() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  ticker=
}
trap quiet_ticker EXIT

missing_packages() {  # of those named, one per line
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | awk '$2 == "installed" { print $1 }')
  printf '%s\n' "$@" | grep -vxF -f <(printf '%s\n' "$installed")
}

is_debian_12() {
  [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}

# install_packages NAME...: touches nothing when all are there.
install_packages() {
  local missing become=() start
  if ! is_debian_12; then
    say "!! This is not Debian 12 (bookworm), the only system this is tried on. Going on; if packages are missing or"
    say "   the build fails, run it in a Debian 12 machine or container:  docker run -it debian:12"
  fi
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "!! No apt here. Going on with what is installed; needed are the equivalents of: $*"
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0

  start="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      stop "${#missing[@]} packages are missing, and there is no sudo. As root run, then start me again:
  $start"
    sudo -v || stop "sudo said no. Have an administrator run, then start me again:
  $start"
    become=(sudo)
  fi
  local apt=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  phase "apt: package lists" apt-update "${apt[@]}" update ||
    stop "The package lists could not be fetched. Look at the network and at /etc/apt/sources.list, then start me again."
  # --no-remove: on a machine in use nothing of its owner's may go
  phase "apt: ${#missing[@]} packages (${missing[*]})" apt-install \
    "${apt[@]}" install -y --no-install-recommends --no-remove "${missing[@]}" ||
    stop "The packages could not be installed. Often one of these helps:
  - 'unable to locate': enable the main section of bookworm in /etc/apt/sources.list
  - 'needs to remove': an other Boost is installed; apt-get remove libboost1.74-dev (libboost1.81-dev replaces it)
  - 'no space left': about 2 GB are needed
Then start me again."
}
