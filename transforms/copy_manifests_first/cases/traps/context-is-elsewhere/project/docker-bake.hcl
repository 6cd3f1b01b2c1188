variable "SOURCES" {}

target "here" {}

target "there" {
  context    = SOURCES
  dockerfile = "Dockerfile"
}
