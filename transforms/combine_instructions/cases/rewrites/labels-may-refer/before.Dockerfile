FROM debian:12
ENV V=1
LABEL version=$V
LABEL also="$version"
