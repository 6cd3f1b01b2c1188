FROM registry.example.com/acme/tools:3
RUN prepare-it
RUN build-it
