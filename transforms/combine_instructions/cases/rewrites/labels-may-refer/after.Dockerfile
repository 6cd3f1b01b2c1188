FROM debian:12
ENV V=1
LABEL version=$V \
    also="$version"
