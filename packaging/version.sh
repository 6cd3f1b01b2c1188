#!/usr/bin/env bash
# The version that a tag names, as `version=1.2.3`; fails where Cargo.toml, the extension or CHANGELOG.md tell another one.
#
#   packaging/version.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?a tag}
version=${version#v}
fail() { echo "error: the tag names $version, but $1" >&2; exit 1; }
grep -qx "version = \"$version\"" Cargo.toml || fail "Cargo.toml another version"
grep -q "^  \"version\": \"$version\"," editors/vscode/package.json || fail "editors/vscode/package.json another version"
line=$(grep -m 1 "^## $version" CHANGELOG.md) || fail "CHANGELOG.md has no such heading"
case $line in *"not released"*) fail "CHANGELOG.md says that it is not released yet" ;; esac
echo "version=$version"
