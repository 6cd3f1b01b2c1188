# dfopt: keep slim-variant
FROM python:3.13
