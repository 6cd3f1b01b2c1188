from debian:12 as build
RUN touch /a
run touch /b
From debian:12
COPY --from=build /a /a
Cmd ["a"]
