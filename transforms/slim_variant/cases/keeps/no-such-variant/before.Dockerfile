FROM golang:1.25
FROM python:3.13-alpine
FROM python:3.13-slim
FROM python:3.13.0rc1
FROM acme/python:3.13
FROM python
