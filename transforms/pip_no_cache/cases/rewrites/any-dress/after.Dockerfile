FROM debian:12
RUN python3 -m pip --quiet install --no-cache-dir \
        flask \
    && if true; then pip3.9 install --no-cache-dir x; fi
