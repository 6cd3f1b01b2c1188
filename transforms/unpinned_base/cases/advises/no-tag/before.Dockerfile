FROM python
COPY app.py /
