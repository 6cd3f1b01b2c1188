#!/bin/sh
chown -R nobody /app
exec python app.py
