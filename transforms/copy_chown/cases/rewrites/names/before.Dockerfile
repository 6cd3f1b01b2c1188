FROM debian:12
RUN useradd --system --uid 990 app && mkdir -p /opt/app
COPY app.conf /opt/app/
RUN chown app:app /opt/app/app.conf
USER app
