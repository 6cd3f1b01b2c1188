FROM python:3.12
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -sSL https://example.org/install.sh | bash -
