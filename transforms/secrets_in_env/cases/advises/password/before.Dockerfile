FROM debian:12
ENV DB_HOST=db DB_PASSWORD=correct-horse
