#!/usr/bin/env bash
# Emacs without a screen: opens a bad Dockerfile, saves it, undoes. The program is `DFOPT`, or the `dfopt` on the PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v emacs >/dev/null || { echo "skipped: emacs is missing"; exit 0; }
emacs --batch --eval "(require 'eglot)" >/dev/null 2>&1 || { echo "skipped: emacs has no eglot (Debian: elpa-eglot)"; exit 0; }

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/bin" "$room/project"
ln -s "${DFOPT:-$(command -v dfopt)}" "$room/bin/dfopt"
printf 'FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n' >"$room/project/Dockerfile"

cd "$room/project"
export PATH="$room/bin:$PATH" HOME="$room"
timeout 200 emacs --batch --load "$here/emacs/dfopt.el" --load "$here/emacs/test.el"
echo "emacs: fine ($(emacs --version | head -1))"
