FROM debian:12
RUN useradd --system --uid 990 app && mkdir -p /opt/app
COPY --chown=app:app app.conf /opt/app/
USER app
