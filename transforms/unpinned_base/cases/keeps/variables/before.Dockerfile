ARG BASE=python
ARG TAG=latest
FROM $BASE
FROM python:${TAG}
