#!/usr/bin/env bash
# Makes what goes beside the program: manual pages and completions, in a folder laid out as `share` is.
#
#   packaging/share.sh FOLDER [PROGRAM]
#
# PROGRAM is a dfopt that runs on this machine; without one, this checkout's is built and asked.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
out=${1:?a folder to write to}
if [ $# -gt 1 ]; then
  dfopt() { "$program" "$@"; }
  program=$2
else
  dfopt() { cargo run --quiet --locked --manifest-path "$here/Cargo.toml" --bin dfopt -- "$@"; }
fi

mkdir -p "$out/bash-completion/completions" "$out/zsh/site-functions" "$out/fish/vendor_completions.d" "$out/dfopt"
dfopt man "$out/man/man1" >/dev/null
dfopt completions bash >"$out/bash-completion/completions/dfopt"
dfopt completions zsh >"$out/zsh/site-functions/_dfopt"
dfopt completions fish >"$out/fish/vendor_completions.d/dfopt.fish"
# these shells look nowhere by themselves: their profile has to name the file
dfopt completions powershell >"$out/dfopt/dfopt.ps1"
dfopt completions elvish >"$out/dfopt/dfopt.elv"
