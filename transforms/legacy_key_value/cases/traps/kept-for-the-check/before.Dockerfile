FROM debian:12
# check=skip=LegacyKeyValueFormat
ENV A b c
