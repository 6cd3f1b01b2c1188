FROM acme/base
RUN yum install -y git && dnf --refresh upgrade -y && \
    zypper --non-interactive install git && apt purge -y \
        git
