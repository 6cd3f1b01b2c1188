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

# what maturin takes from beside pyproject.toml is laid there for as long as it runs
trap 'rm -rf "$here/data" "$here/LICENSE" "$here/LICENSE-APACHE" "$here/README.md"' EXIT
cp "$here/../../LICENSE" "$here/../../LICENSE-APACHE" "$here/"
cp "$here/../README.registry.md" "$here/README.md"
rm -rf "$here/data"
mkdir -p "$here/data/data"
if [ -n "$share" ]; then
  cp -R "$share" "$here/data/data/share"
else
  "$here/../share.sh" "$here/data/data/share"
fi
cd "$here"
# shellcheck disable=SC2086 # no profile is no word
maturin build $profile --locked --out "$out" "$@"
