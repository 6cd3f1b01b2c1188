FROM acme/base
RUN yum install git && dnf --refresh upgrade && \
    zypper install git && apt purge \
        git
