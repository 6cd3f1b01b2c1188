FROM debian:12
FROM python:3.14
FROM node:24-alpine3.22
FROM ubuntu:24.04
