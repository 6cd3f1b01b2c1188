FROM debian:12
RUN apt-get update && apt-get install -y sudo npm
RUN --mount=type=secret,id=token,env=NPM_TOKEN sudo npm install -g example
