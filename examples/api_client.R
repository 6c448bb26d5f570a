# Reads the figures of a period from sipas as a table, with nothing but R itself (3.6 or newer).
#
#   SIPAS_URL=https://khaosat.example.gov.vn SIPAS_KEY=sipas_... Rscript api_client.R PLAN PERIOD
#
# A key is made by an administrator at /staff/tokens. Columns are those of `sipas export index`; docs/api.md tells more.

words <- commandArgs(trailingOnly = TRUE)
if (length(words) != 2) stop("api_client.R PLAN PERIOD")

address <- sprintf(
  "%s/api/v1/plans/%s/periods/%s/index.csv",
  Sys.getenv("SIPAS_URL"), URLencode(words[1], reserved = TRUE), URLencode(words[2], reserved = TRUE)
)
key <- c(Authorization = paste("Bearer", Sys.getenv("SIPAS_KEY")))
figures <- read.csv(url(address, headers = key), fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE)

targets <- figures[figures$node == "target", c("clause", "target", "index", "minimum", "value", "low", "high", "verdict")]
print(targets, row.names = FALSE)
