# Reference of tests/stats_reference/designed_survey.rs: R 4.2.2, survey 4.1-1 (Debian 12: apt-get install r-cran-survey).
# Run in this folder: Rscript designed_survey.R > designed_survey.json
# The files hold 384 numbers drawn from a frame of 12,000 dossiers, what became of each, and the answers of 210; `cell` is what an answer
# is known by. Weights are made here from the numbers: 1/pi, silent ones of the cell, known totals of strata and groups.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
rows <- c("Đất đai" = 5000, "Tư pháp" = 4500, "Kinh doanh" = 2500)
in_group <- c("Trực tiếp" = 7200, "Trực tuyến" = 4800)

text <- function(x) if (length(x) == 1) formatC(x, digits = 17, format = "g") else
  paste0("[", paste(formatC(x, digits = 17, format = "g"), collapse = ", "), "]")
one <- function(value, se, low = NULL, high = NULL) paste0('{"value": ', text(value), ', "se": ', text(se),
  if (!is.null(low)) paste0(', "low": ', text(low), ', "high": ', text(high)), "}")

estimate <- function(file, grouped, clustered) {
  drawn <- read.csv(file, colClasses = c(outcome = "character"), encoding = "UTF-8")
  drawn$d <- 1 / drawn$probability
  drawn$belongs <- drawn$outcome != "4.0"
  answered <- drawn[drawn$outcome %in% c("1.1", "1.2"), ]
  D <- tapply(drawn$d * drawn$belongs, drawn$cell, sum)
  r <- table(answered$cell)
  answered$w <- as.numeric(D[as.character(answered$cell)] / r[as.character(answered$cell)])
  known <- function(by, counts) {
    share <- tapply(drawn$d * !drawn$belongs, by, sum) / tapply(drawn$d, by, sum)
    counts[names(share)] * (1 - share)
  }
  strata <- known(drawn$stratum, rows)
  answered$stratum <- factor(answered$stratum, levels = names(strata))
  design <- if (clustered) svydesign(ids = ~cell, strata = ~stratum, weights = ~w, data = answered) else
    svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = answered)
  if (grouped) {
    groups <- known(drawn$group, in_group)
    groups <- groups * sum(strata) / sum(groups)
    answered$group <- factor(answered$group, levels = names(groups))
    design <- update(design, group = answered$group)
    total <- c(sum(strata), strata[-1], groups[-1])
    names(total) <- c("(Intercept)", paste0("stratum", names(strata)[-1]), paste0("group", names(groups)[-1]))
    design <- calibrate(design, ~stratum + group, population = total, calfun = "raking", epsilon = 1e-13, maxit = 200)
  } else {
    total <- c(sum(strata), strata[-1])
    names(total) <- c("(Intercept)", paste0("stratum", names(strata)[-1]))
    design <- calibrate(design, ~stratum, population = total, calfun = "raking", epsilon = 1e-13, maxit = 200)
  }
  ratio <- svyratio(~satisfied, ~answers, design)
  people <- svyciprop(~person, design, method = "beta")
  limits <- attr(people, "ci")
  of <- sapply(names(strata), function(name) {
    part <- svyratio(~satisfied, ~answers, subset(design, stratum == name))
    paste0('"', name, '": ', one(coef(part), SE(part)))
  })
  paste0('{\n  "weights": ', text(weights(design)), ',\n  "answers": ', one(coef(ratio), SE(ratio)),
    ',\n  "people": ', one(as.numeric(people), SE(svymean(~person, design)), limits[1], limits[2]),
    ',\n  "strata": {', paste(of, collapse = ", "), "}}")
}

cat('{"stratified": ', estimate("designed_survey_stratified.csv", TRUE, FALSE),
  ',\n"clusters": ', estimate("designed_survey_clusters.csv", FALSE, TRUE), "}\n", sep = "")
