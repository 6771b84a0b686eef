#!/bin/bash
# See it work on a fresh Debian 12, one command:   deploy/try.sh
# Installs what is missing, builds both programs, then plays a story with a hub and villages on this machine.
set -uo pipefail

case ${1-} in
  '') ;;
  -h | --help) sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
  *) printf 'usage: deploy/try.sh\n' >&2; exit 2 ;;
esac
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root" || exit 1

build=$root/build/release
install_packages "${packages_to_build[@]}"
phase "configure" configure-release cmake --preset release || stop "The build could not be set up; see build/logs."
phase "build: two programs and the story's tools (some minutes)" build-release \
  cmake --build --preset release -j "$jobs" --target cunzheng cunzheng-hub tools ||
  stop "The build failed. With little memory try one job at a time:  CUNZHENG_JOBS=1 deploy/try.sh"
exec "$root/deploy/story.sh" "$build"
