FROM python:3.12
RUN service app start && curl -s -o /seen http://localhost:8080/init
