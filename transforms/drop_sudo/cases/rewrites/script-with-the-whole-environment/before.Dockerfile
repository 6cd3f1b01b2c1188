FROM example/base
USER root
ENV CHANNEL=stable
RUN curl -fsSL https://example.org/setup.sh | sudo -E bash -
