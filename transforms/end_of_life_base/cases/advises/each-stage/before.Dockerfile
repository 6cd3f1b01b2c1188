FROM node:14 AS build
RUN npm ci
FROM mcr.microsoft.com/dotnet/aspnet:6.0
COPY --from=build /app /app
