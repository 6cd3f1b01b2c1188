# syntax=docker/dockerfile:1.17
FROM debian:12
ADD --unpack=false . /opt/
