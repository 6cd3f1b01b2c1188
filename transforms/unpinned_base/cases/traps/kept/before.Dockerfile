# dfopt: keep unpinned-base
FROM python
