# hadolint ignore=DL3006
FROM python
