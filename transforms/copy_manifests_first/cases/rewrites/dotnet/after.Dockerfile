FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY Shop.sln Directory.Packages.props ./
COPY app/App.csproj ./app/
COPY lib/Lib.csproj ./lib/
RUN dotnet restore Shop.sln
COPY . .
RUN dotnet publish --no-restore -o /out app/App.csproj
