FROM debian:12
RUN service mariadb start
RUN mariadb -e "create database shop"
