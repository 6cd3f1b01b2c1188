FROM fedora:40
RUN dnf install -y git
RUN microdnf install -y curl
RUN tdnf install -y wget
RUN yum -y update
RUN zypper -n in git
