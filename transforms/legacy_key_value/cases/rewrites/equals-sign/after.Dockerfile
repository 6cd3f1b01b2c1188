FROM debian:12
ENV KEY="= value"
ENV ONE="TWO= THREE=world"
ENV URL=http://example.org/?a=b
