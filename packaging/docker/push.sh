#!/usr/bin/env bash
# Builds the images for all platforms and pushes them; prints `name=` and `digest=` of the plain one.
#
#   packaging/docker/push.sh NAME VERSION
#
# NAME:VERSION and NAME:latest are the program alone, NAME:VERSION-shell and NAME:shell have a shell.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=${1:?a name} version=${2:?a version}
file=$(mktemp)
trap 'rm -f "$file"' EXIT
push() {
  docker buildx build --platform linux/amd64,linux/arm64 --push --provenance=mode=max --sbom=true \
    --label "org.opencontainers.image.version=$version" \
    --label "org.opencontainers.image.source=${DFOPT_REPOSITORY:-$(sed -n 's/^repository = "\(.*\)"$/\1/p' Cargo.toml)}" \
    --label "org.opencontainers.image.revision=$(git rev-parse HEAD)" "$@" >&2
}
push --metadata-file "$file" -t "$name:$version" -t "$name:latest" -f packaging/docker/Dockerfile .
digest=$(sed -n 's/^ *"containerimage.digest": "\(sha256:[0-9a-f]*\)".*/\1/p' "$file")
[ -n "$digest" ] || { echo "error: the builder tells no digest" >&2; exit 1; }
push --build-context "dfopt=docker-image://$name@$digest" -t "$name:$version-shell" -t "$name:shell" \
  -f packaging/docker/shell.Dockerfile packaging/docker
printf 'name=%s\ndigest=%s\n' "$name" "$digest"
