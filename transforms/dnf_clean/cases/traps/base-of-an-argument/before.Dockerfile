ARG BASE=centos:7
FROM ${BASE}
USER root
RUN [ -f /etc/redhat-release ] && yum install -y lshw || true
