FROM python:3.14
ADD ./ /app
RUN pip install /app
