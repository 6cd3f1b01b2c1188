FROM alpine:3.20
RUN wget -qO- https://example.org/a.tar.gz | tar xz && for f in /a/*; do cat "$f" | sort > "$f.sorted"; done
