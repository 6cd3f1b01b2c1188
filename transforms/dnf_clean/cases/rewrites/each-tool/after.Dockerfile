FROM fedora:40
RUN dnf install -y git \
    && dnf clean all
RUN microdnf install -y curl \
    && microdnf clean all
RUN tdnf install -y wget \
    && tdnf clean all
RUN yum -y update \
    && yum clean all
RUN zypper -n in git \
    && zypper clean --all
