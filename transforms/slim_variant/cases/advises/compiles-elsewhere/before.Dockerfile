FROM python:3.13 AS build
RUN make wheels
FROM python:3.13
COPY --from=build /wheels /wheels
RUN pip install /wheels/*
CMD ["python", "-m", "app"]
