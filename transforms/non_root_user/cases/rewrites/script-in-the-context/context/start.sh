#!/bin/sh
set -e
if [ -n "$DEBUG" ]; then
  echo starting
fi
exec "$@"
