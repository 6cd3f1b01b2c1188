FROM python:3
FROM node:lts
FROM debian:stable
FROM ubuntu
