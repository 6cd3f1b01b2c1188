#!/usr/bin/env bash
# Builds, tests and packages the extension: `dfopt.vsix` beside this file. Needs node 20 and npm. With a dfopt (the environment
# variable DFOPT, or one built in this repository), the protocol library of VS Code is run against it.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --ignore-scripts
npm run check
npm test
npm run compile
cp ../../LICENSE ../../LICENSE-APACHE .
trap 'rm -f LICENSE LICENSE-APACHE' EXIT
npm run package
# what is not in the package does not work
names=$(python3 -m zipfile -l dfopt.vsix 2>/dev/null || unzip -l dfopt.vsix)
for name in extension/package.json extension/out/extension.js extension/readme.md; do
  grep -qi "$name" <<<"$names" || { echo "dfopt.vsix lacks $name" >&2; exit 1; }
done
