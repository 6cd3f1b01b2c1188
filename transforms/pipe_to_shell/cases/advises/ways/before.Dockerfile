FROM debian:12
RUN wget -qO- https://a.example.org/x | sudo -E bash -s -- --yes
RUN bash <(curl -s https://b.example.org/x)
RUN sh -c "$(curl -fsSL https://c.example.org/x)"
RUN eval "$(curl -s $URL)"
RUN if true; then curl https://d.example.org/x | python3 - --version 1; fi
RUN curl -s https://e.example.org/x.gz | gunzip | bash -ex
RUN curl -sS https://f.example.org/installer | php -- --install-dir=/bin
