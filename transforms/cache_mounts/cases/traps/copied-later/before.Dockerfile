FROM python:3.12 AS b
RUN pip install flask
FROM python:3.12
COPY --from=b /root /root
