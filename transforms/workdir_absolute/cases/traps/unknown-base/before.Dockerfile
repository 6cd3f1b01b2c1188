FROM example.org/base:1
WORKDIR app
