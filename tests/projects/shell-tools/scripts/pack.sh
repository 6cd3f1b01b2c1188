#!/bin/sh
set -e
echo packed | xz -c > all.xz
xz -dc all.xz
cat /opt/tools/name
