# Reference of tests/stats_reference/designed_survey.rs for known totals: R 4.2.2, survey 4.1-1 (Debian 12: apt-get install r-cran-survey).
# Run in this folder: Rscript designed_survey_totals.R > designed_survey_totals.json
# The stratified sample of designed_survey.R, whose weights (1/pi, silent ones of the cell) are calibrated to strata, groups and known totals by
# sex and age at once. Totals are proportions of the rows that belong; who left a question blank keeps the share of weight he has.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
rows <- c("Đất đai" = 5000, "Tư pháp" = 4500, "Kinh doanh" = 2500)
in_group <- c("Trực tiếp" = 7200, "Trực tuyến" = 4800)
known_sex <- c(male = 48000, female = 52000)
# One sheet is of 18-24: that level is put together with the next.
known_age <- c("18_24+25_34" = 9000 + 24000, "35_49" = 31000, "50_60" = 20000, "over_60" = 16000)

text <- function(x) if (length(x) == 1) formatC(x, digits = 17, format = "g") else
  paste0("[", paste(formatC(x, digits = 17, format = "g"), collapse = ", "), "]")
one <- function(value, se, low = NULL, high = NULL) paste0('{"value": ', text(value), ', "se": ', text(se),
  if (!is.null(low)) paste0(', "low": ', text(low), ', "high": ', text(high)), "}")

drawn <- read.csv("designed_survey_stratified.csv", colClasses = c(outcome = "character"), encoding = "UTF-8")
profile <- read.csv("designed_survey_profile.csv", colClasses = "character")
drawn$d <- 1 / drawn$probability
drawn$belongs <- drawn$outcome != "4.0"
answered <- drawn[drawn$outcome %in% c("1.1", "1.2"), ]
stopifnot(all(answered$sheet == profile$sheet))
D <- tapply(drawn$d * drawn$belongs, drawn$cell, sum)
r <- table(answered$cell)
answered$w <- as.numeric(D[as.character(answered$cell)] / r[as.character(answered$cell)])
known <- function(by, counts) {
  share <- tapply(drawn$d * !drawn$belongs, by, sum) / tapply(drawn$d, by, sum)
  counts[names(share)] * (1 - share)
}
strata <- known(drawn$stratum, rows)
groups <- known(drawn$group, in_group)
groups <- groups * sum(strata) / sum(groups)
age <- ifelse(profile$age %in% c("18_24", "25_34"), "18_24+25_34", profile$age)
with_blank <- function(said, counts) {
  blank <- sum(answered$w[said == ""]) / sum(answered$w)
  c(sum(strata) * (1 - blank) * counts / sum(counts), blank = sum(strata) * blank)
}
sex_totals <- with_blank(profile$sex, known_sex)
age_totals <- with_blank(age, known_age)
answered$stratum <- factor(answered$stratum, levels = names(strata))
answered$group <- factor(answered$group, levels = names(groups))
answered$sex <- factor(ifelse(profile$sex == "", "blank", profile$sex), levels = names(sex_totals))
answered$age <- factor(ifelse(age == "", "blank", age), levels = names(age_totals))
base <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = answered)
labelled <- function(name, totals) { names(totals) <- paste0(name, names(totals)); totals[-1] }
total <- c("(Intercept)" = sum(strata), labelled("stratum", strata), labelled("group", groups), labelled("sex", sex_totals),
  labelled("age", age_totals))

estimate <- function(...) {
  design <- calibrate(base, ~stratum + group + sex + age, population = total, epsilon = 1e-13, maxit = 500, ...)
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

cat('{"raking": ', estimate(calfun = "raking"), ',\n"bounded": ', estimate(calfun = "linear", bounds = c(0.6, 1.8)), "}\n", sep = "")
