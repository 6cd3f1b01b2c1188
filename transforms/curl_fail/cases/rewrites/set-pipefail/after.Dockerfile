FROM python:3.12
SHELL ["/bin/bash", "-c"]
RUN set -eo pipefail && curl -fsSL https://example.org/install.sh | bash -
