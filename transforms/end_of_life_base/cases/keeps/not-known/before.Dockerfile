ARG TAG
FROM acme/python:2.7
FROM python:$TAG
FROM scratch
