#!/usr/bin/env bash
# Neovim without a screen: opens a bad Dockerfile, saves it, undoes. The program is `DFOPT`, or the `dfopt` on the PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v nvim >/dev/null || { echo "skipped: nvim is missing"; exit 0; }

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/bin" "$room/project"
ln -s "${DFOPT:-$(command -v dfopt)}" "$room/bin/dfopt"
printf 'FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n' >"$room/project/Dockerfile"

cd "$room/project"
export PATH="$room/bin:$PATH" HOME="$room" XDG_CONFIG_HOME="$room" XDG_DATA_HOME="$room" XDG_STATE_HOME="$room" XDG_CACHE_HOME="$room"
timeout 100 nvim --headless -u "$here/neovim/dfopt.lua" -c 'filetype on' -c "luafile $here/neovim/test.lua"
echo "neovim: fine ($(nvim --version | head -1))"
