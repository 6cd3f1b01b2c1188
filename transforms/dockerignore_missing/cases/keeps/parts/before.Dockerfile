FROM node:24
COPY src package.json /app/
COPY --from=golang:1.25 . /go
RUN npm ci
