FROM example.org/base
USER root
RUN if which yum; then yum install -y lshw; else apt-get install -y lshw; fi
