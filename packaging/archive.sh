#!/usr/bin/env bash
# Packs a built program with its manual pages, completions and licences: a .tar.gz, for Windows a .zip. The same input gives
# the same bytes.
#
#   packaging/archive.sh TARGET PROGRAM SHARE FOLDER
#
# TARGET is Rust's name of the platform, SHARE what share.sh made, FOLDER where the archive goes. Prints its path.
set -euo pipefail
target=${1:?a target} program=${2:?a program} share=${3:?the folder of share.sh} out=${4:?a folder to write to}
here=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)
name=dfopt-$version-$target
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

case $target in *-windows-*) file=dfopt.exe ;; *) file=dfopt ;; esac
mkdir -p "$stage/$name" "$out"
install -m 755 "$program" "$stage/$name/$file"
install -m 644 "$here/LICENSE" "$here/LICENSE-APACHE" "$here/CHANGELOG.md" "$here/packaging/README.registry.md" "$stage/$name/"
mv "$stage/$name/README.registry.md" "$stage/$name/README.md"
cp -R "$share" "$stage/$name/share"
chmod -R u=rwX,go=rX "$stage/$name"
out=$(cd "$out" && pwd)
# the date of the commit, so that time does not show
date=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}
case $target in
  *-windows-*)
    find "$stage" -exec touch -d "@$date" {} +
    rm -f "$out/$name.zip"
    (cd "$stage" && find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 "$out/$name.zip" -@)
    echo "$out/$name.zip"
    ;;
  *)
    tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" -cf - "$name" | gzip -9 -n >"$out/$name.tar.gz"
    echo "$out/$name.tar.gz"
    ;;
esac
