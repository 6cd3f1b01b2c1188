#!/usr/bin/env bash
# Builds the wheel with maturin.
#
#   packaging/pypi/build.sh [--debug] [--share SHARE] FOLDER [ARGUMENT OF MATURIN]...
#
# FOLDER is where the wheel goes. Without --debug, the program is built as for a release: that takes minutes. SHARE is what share.sh made,
# for where the program that is built does not run here; without it, share.sh is asked. Arguments such as
# `--target aarch64-unknown-linux-musl --zig` go to maturin.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
profile=--release share=
while :; do
  case ${1:-} in
    --debug) profile=; shift ;;
    --share) share=$(cd "${2:?a folder}" && pwd); shift 2 ;;
    *) break ;;
  esac
done
out=${1:?a folder to write to}
shift
mkdir -p "$out"
out=$(cd "$out" && pwd)
command -v maturin >/dev/null || { echo "maturin is missing: \`pip install 'maturin>=1.9.4,<2'\`" >&2; exit 2; }

# what maturin takes from beside pyproject.toml
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$(cd "$here/../.." && pwd)
# maturin does not know the paths of Windows' bash
! command -v cygpath >/dev/null || root=$(cygpath -m "$root")
sed "s|^manifest-path = .*|manifest-path = '$root/Cargo.toml'|" "$here/pyproject.toml" >"$stage/pyproject.toml"
cp "$root/LICENSE" "$root/LICENSE-APACHE" "$stage/"
cp "$here/../README.registry.md" "$stage/README.md"
mkdir -p "$stage/data/data"
if [ -n "$share" ]; then
  cp -R "$share" "$stage/data/data/share"
else
  "$here/../share.sh" "$stage/data/data/share"
fi
cd "$stage"
# shellcheck disable=SC2086 # no profile is no word
maturin build $profile --locked --out "$out" "$@"
