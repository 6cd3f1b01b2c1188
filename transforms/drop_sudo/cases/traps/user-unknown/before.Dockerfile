FROM example/base
RUN sudo mkdir /a
