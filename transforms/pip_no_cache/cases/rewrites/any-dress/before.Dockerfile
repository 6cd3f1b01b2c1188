FROM debian:12
RUN python3 -m pip --quiet install \
        flask \
    && if true; then pip3.9 install x; fi
