#!/usr/bin/env bash
# Whether a program is a dfopt that works here: it tells this checkout's version, rewrites, and judges.
#
#   packaging/try.sh PROGRAM...
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)
fail() { echo "error: $1" >&2; exit 1; }
said=$("$@" --version)
[ "${said%$'\r'}" = "dfopt $version" ] || fail "it calls itself $said, not dfopt $version"
printf 'FROM debian:12\nRUN echo one\nRUN echo two\nUSER 1000\n' | "$@" --level safe - | tr -d '\r' |
  cmp - <(printf 'FROM debian:12\nRUN echo one \\\n    && echo two\nUSER 1000\n') || fail "it does not rewrite"
code=0
printf 'FROM debian:12\nRUN echo one\nRUN echo two\nUSER 1000\n' | "$@" --check - >/dev/null || code=$?
[ "$code" = 1 ] || fail "\`--check\` gives $code, not 1"
echo "$said works"
