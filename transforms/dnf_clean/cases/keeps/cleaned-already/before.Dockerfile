FROM fedora:40
RUN dnf install -y git && dnf clean all
RUN yum install -y git && rm -rf /var/cache/yum
RUN dnf remove -y git && yum search x
