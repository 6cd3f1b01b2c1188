FROM ubuntu:14.04 AS base
RUN sudo apt-get update
FROM base
RUN sudo apt-get install -y curl; sudo rm -rf /var/lib/apt/lists/*
