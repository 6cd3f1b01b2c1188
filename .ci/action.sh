#!/usr/bin/env bash
# The steps of action.yml: install, report, comment, verdict. Inputs come in variables, never as text of a script.
set -euo pipefail

# One a line, empty lines left out.
lines() { sed '/^[[:space:]]*$/d' <<<"$1"; }

# Runs dfopt with the arguments and paths of the action after those given here.
run_dfopt() {
  local args paths
  mapfile -t args < <(lines "${DFOPT_ARGS:-}")
  mapfile -t paths < <(lines "${DFOPT_PATHS:-.}")
  dfopt "$@" "${args[@]}" -- "${paths[@]}"
}

install() {
  if command -v dfopt >/dev/null; then
    dfopt --version
    return
  fi
  cargo install --quiet --locked --path "$GITHUB_ACTION_PATH" --root "$RUNNER_TEMP/dfopt"
  echo "$RUNNER_TEMP/dfopt/bin" >>"$GITHUB_PATH"
}

report() {
  local code=0
  case "$DFOPT_FORMAT" in
    github) run_dfopt --format github --check || code=$? ;;
    sarif)
      run_dfopt --format sarif --check >"$RUNNER_TEMP/dfopt.sarif" || code=$?
      echo "sarif=$RUNNER_TEMP/dfopt.sarif" >>"$GITHUB_OUTPUT"
      ;;
    *)
      echo "::error::the input \`format\` is github or sarif, not \`$DFOPT_FORMAT\`"
      exit 2
      ;;
  esac
  { echo "code=$code"; [ "$code" = 1 ] && echo "changed=true" || echo "changed=false"; } >>"$GITHUB_OUTPUT"
}

# One comment, found again by its first line. A pull request from a fork may not comment: that fails nothing.
comment() {
  local body="$RUNNER_TEMP/dfopt.md" old
  # what could not be read is in the text, and counts in the verdict
  run_dfopt --format markdown >"$body" || true
  old=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$DFOPT_PULL/comments" \
    --jq '.[] | select(.body | startswith("<!-- dfopt -->")) | .id' | head -n 1) || old=
  if [ -n "$old" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$old" --field "body=@$body"
  else
    gh api --silent "repos/$GITHUB_REPOSITORY/issues/$DFOPT_PULL/comments" --field "body=@$body"
  fi || echo "::warning::the comment could not be made; does the job have the permission pull-requests:write?"
}

verdict() {
  case "$DFOPT_CODE" in
    0) ;;
    1) [ "$DFOPT_FAIL" != true ] || { echo "::error::dfopt would change files"; exit 1; } ;;
    *) exit "$DFOPT_CODE" ;;
  esac
}

"$1"
