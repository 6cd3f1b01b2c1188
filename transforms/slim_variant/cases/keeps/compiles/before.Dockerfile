FROM python:3.13
RUN make
