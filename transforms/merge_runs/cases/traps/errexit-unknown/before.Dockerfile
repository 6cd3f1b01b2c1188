FROM example/base
RUN apt-get update; apt-get install -y curl
RUN touch /b
