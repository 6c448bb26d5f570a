# Reference of tests/stats_reference/groups.rs: R 4.2.2, survey 4.1-1 (Debian 12: apt-get install r-cran-survey).
# Run in this folder: Rscript groups.R > groups.json
# groups.csv holds simulated sheets of four points on eight days; age is empty where it was left blank. Each row of `long` is an answer, the day of the
# point kept as cluster, the point as stratum. A group's rate weighs both fields alike; pairs are corrected by Holm.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
d <- read.csv("groups.csv", colClasses = c(age = "character"))
d$cluster <- paste(d$point, d$day)
long <- d[rep(seq_len(nrow(d)), d$answers), ]
long$y <- unlist(mapply(function(y, m) c(rep(1, y), rep(0, m - y)), d$satisfied, d$answers))
design <- svydesign(ids = ~cluster, strata = ~point, weights = ~1, data = long)
told <- subset(design, age != "")
by <- svyby(~y, ~age + field, told, svymean, covmat = TRUE)
cells <- paste(by$age, by$field, sep = ".")
rate <- function(age) ifelse(startsWith(cells, paste0(age, ".")), 0.5, 0)
ages <- c("young", "middle", "old")
pairs <- list(c(1, 2), c(1, 3), c(2, 3))
df <- degf(design)
one <- lapply(pairs, function(pair) {
  first <- rate(ages[pair[1]]); second <- rate(ages[pair[2]])
  less <- svycontrast(by, second - first)
  list(rates = c(sum(first * coef(by)), sum(second * coef(by))), difference = as.numeric(coef(less)), se = as.numeric(SE(less)))
})
p <- sapply(one, function(x) 2 * pt(-abs(x$difference / x$se), df))
holm <- p.adjust(p, "holm")
text <- function(x) paste0("[", paste(formatC(x, digits = 17, format = "g"), collapse = ", "), "]")
cat('{"df": ', df, ',\n"rates": [', paste(sapply(one, function(x) text(x$rates)), collapse = ", "), '],\n"difference": ',
  text(sapply(one, function(x) x$difference)), ',\n"se": ', text(sapply(one, function(x) x$se)), ',\n"p": ', text(p), ',\n"p_holm": ', text(holm), "}\n", sep = "")
