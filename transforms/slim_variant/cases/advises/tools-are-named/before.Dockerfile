FROM node:24-bookworm
RUN git clone https://example.org/app.git /app
HEALTHCHECK CMD curl -f http://localhost/
CMD ["node", "/app"]
