FROM centos:7
RUN yum install -y git && rm -f /etc/yum.repos.d/*
