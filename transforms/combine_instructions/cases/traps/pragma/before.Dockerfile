FROM debian:12
# hadolint ignore=DL3044
ENV A=1
ENV B=2
