FROM debian:12
RUN ls / &> /listing
RUN touch /done
