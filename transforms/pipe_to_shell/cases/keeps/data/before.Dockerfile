FROM debian:12
RUN curl -s https://example.org/a.tar.gz | tar xz
RUN curl -s https://example.org/a.json | python3 -c "import json, sys; json.load(sys.stdin)"
RUN curl -s https://example.org/a | bash script.sh
RUN curl -s https://example.org/a | sh -c 'cat > /a'
RUN curl -s https://example.org/key | gpg --dearmor -o /key
