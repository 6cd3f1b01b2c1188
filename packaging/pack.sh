#!/usr/bin/env bash
# Packs what the builds of all platforms made: archives in FOLDER/release, npm packages in FOLDER/npm.
#
#   packaging/pack.sh PROGRAMS SHARE FOLDER
#
# PROGRAMS has a folder for each target with the program in it, SHARE is what share.sh made.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs=${1:?a folder with programs} share=${2:?the folder of share.sh} out=${3:?a folder to write to}
for program in "$programs"/*/dfopt "$programs"/*/dfopt.exe; do
  [ -f "$program" ] || continue
  "$here/archive.sh" "$(basename "$(dirname "$program")")" "$program" "$share" "$out/release"
done
node "$here/npm/build.mjs" "$out/npm" "$share" "$programs"
