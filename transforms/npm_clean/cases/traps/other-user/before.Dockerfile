FROM node:20
RUN sudo -u node npm ci
