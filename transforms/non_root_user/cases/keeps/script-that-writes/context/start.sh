#!/bin/sh
echo "$HOSTNAME" > /etc/acme.conf
exec python app.py
