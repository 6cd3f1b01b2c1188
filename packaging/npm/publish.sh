#!/usr/bin/env bash
# Publishes what build.mjs made, with its provenance; what is there already is left. The launcher comes last, so that whoever
# installs it finds the programs.
#
#   packaging/npm/publish.sh FOLDER
set -euo pipefail
cd "${1:?the folder of build.mjs}"
for package in dfopt-[a-z]*.tgz dfopt-[0-9]*.tgz; do
  name=$(tar -xOf "$package" package/package.json | node -p 'const p = JSON.parse(require("fs").readFileSync(0)); p.name + "@" + p.version')
  if npm view "$name" version >/dev/null 2>&1; then
    echo "$name is there already"
  else
    npm publish --provenance --access public "./$package"
  fi
done
