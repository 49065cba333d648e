# Numbers of the two registered final reports, computed anew in R from the published datasets.
#   python export.py && Rscript final.R      (in this folder, after both final reports were rendered)
# Differences of instruments are rounded to their resolution before ranks and Walsh averages, as the methods say.
suppressMessages({library(nlme); library(pbkrtest); library(lme4); library(survival); library(geepack); library(jsonlite)})
found <- list()
say <- function(study, analysis, statistic, value, variable, visit = "", group = "", tol = 1e-6)
  found[[length(found) + 1]] <<- list(study = study, analysis = analysis, variable = variable, visit = visit,
                                      group = group, statistic = statistic, value = unname(value), tol = tol)
read <- function(study, name) read.csv(file.path("data", study, paste0(name, ".csv")), stringsAsFactors = FALSE)
wide <- function(m, ids, variable, visits) {
  rows <- m[m$variable == variable & m$subject_id %in% ids, ]
  sapply(visits, function(v) { at <- rows[rows$visit_id == v, ]; at$value[match(ids, at$subject_id)] })
}
walsh <- function(d, level = .95) {
  n <- length(d); sums <- outer(d, d, "+") / 2; w <- sort(sums[lower.tri(sums, TRUE)]); a <- 1 - level
  k <- qsignrank(a / 2, n); if (psignrank(k, n) > a / 2) k <- k - 1; k <- max(k, 0)
  c(estimate = median(w), conf_low = w[k + 1], conf_high = w[length(w) - k])
}
pratt <- function(d) {  # exact by the shift algorithm over doubled midranks; zeros ranked, then dropped
  r <- round(2 * rank(abs(d))[d != 0]); v <- sum(r[d[d != 0] > 0]); s <- sum(r); p <- c(1, rep(0, s))
  for (x in r) { q <- p; q[(x + 1):(s + 1)] <- q[(x + 1):(s + 1)] + p[1:(s + 1 - x)]; p <- q / 2 }
  min(1, 2 * min(sum(p[1:(v + 1)]), sum(p[(v + 1):(s + 1)])))
}
t_of <- function(d) { t <- t.test(d); c(estimate = mean(d), conf_low = t$conf.int[1], conf_high = t$conf.int[2]) }
dz_of <- function(d) {
  n <- length(d); t <- mean(d) / (sd(d) / sqrt(n))
  at <- function(p) uniroot(function(nc) suppressWarnings(pt(abs(t), n - 1, nc)) - p, abs(t) + c(-12, 12), tol = 1e-12)$root
  ends <- c(at(.975), at(.025)) / sqrt(n); if (t < 0) ends <- -rev(ends)
  c(estimate = mean(d) / sd(d), conf_low = ends[1], conf_high = ends[2])
}
long <- function(w) {
  rows <- data.frame(id = factor(rep(seq_len(nrow(w)), ncol(w))), y = c(w),
                     v = factor(rep(colnames(w), each = nrow(w)), levels = colnames(w)))
  rows[!is.na(rows$y), ]
}
# The unstructured model by gls; Kenward and Roger's adjustment by lmer with the first optimiser that reaches
# gls's likelihood (lmer may stop below it: then its numbers are not used).
mixed <- function(w) {
  rows <- long(w); k <- ncol(w)
  g <- gls(y ~ v, rows, correlation = corSymm(form = ~ as.integer(v) | id), weights = varIdent(form = ~ 1 | v),
           control = glsControl(opt = "optim", maxIter = 500, msMaxIter = 1000, tolerance = 1e-10, msTol = 1e-12))
  for (o in c("bobyqa", "nloptwrap", "Nelder_Mead")) {
    m <- suppressMessages(suppressWarnings(lmer(y ~ v + (0 + v | id), rows, control = lmerControl(
      check.nobs.vs.nRE = "ignore", optimizer = o, calc.derivs = FALSE, check.conv.singular = "ignore"))))
    if (abs(as.numeric(logLik(m)) - as.numeric(logLik(g))) < 1e-6) break
  }
  out <- list(estimate = coef(g)[k])
  if (abs(as.numeric(logLik(m)) - as.numeric(logLik(g))) < 1e-6) {
    l <- replace(rep(0, k), k, 1); va <- vcovAdj(m); se <- sqrt(va[k, k]); df <- Lb_ddf(l, vcov(m), va)
    out <- c(out, list(conf_low = fixef(m)[k] - qt(.975, df) * se, conf_high = fixef(m)[k] + qt(.975, df) * se,
                       p_value = 2 * pt(-abs(fixef(m)[k] / se), df)))
  }
  out
}
each <- function(study, analysis, values, variable, visit, tol = 1e-6, group = "")
  for (name in names(values)) say(study, analysis, name, values[[name]], variable, visit, group, tol)
share <- function(study, analysis, k, n, variable, visit, exact = TRUE) {
  w <- prop.test(k, n, correct = FALSE)$conf.int
  each(study, analysis, list(estimate = k / n, conf_low = w[1], conf_high = w[2]), variable, visit)
  if (exact) { e <- binom.test(k, n)$conf.int; each(study, analysis, list(exact_low = e[1], exact_high = e[2]), variable, visit) }
}
tango <- function(gain, loss, n) {
  z <- qnorm(.975); e <- (gain - loss) / n
  f <- function(d, s) { b <- -(gain + loss) + (2 * n - (gain - loss)) * d; c0 <- -loss * d * (1 - d)
    q <- (sqrt(b^2 - 8 * n * c0) - b) / (4 * n); (gain - loss - n * d) / sqrt(n * (2 * q + d * (1 - d))) - s * z }
  c(uniroot(f, c(-1 + 1e-9, e), s = 1, tol = 1e-13)$root, uniroot(f, c(e, 1 - 1e-9), s = -1, tol = 1e-13)$root)
}

# ---- rheumatoid arthritis
st <- "ra_cohort"; m <- read(st, "measures"); people <- read(st, "populations"); ids <- people$subject_id[people$COHORT == "True"]
s <- read(st, "subjects"); s <- s[match(ids, s$subject_id), ]; base <- function(v) wide(m, ids, v, "W00")[, 1]
digits <- c(cdai = 1, sdai = 1, das28_esr = 2, das28_crp = 2)
for (v in names(digits)) {
  w <- wide(m, ids, v, c("W00", "W04", "W12", "W24", "W48"))
  for (z in c("W12", "W24", "W48")) {
    d <- w[, z] - w[, "W00"]; d <- d[!is.na(d)]; r <- round(d, digits[v])
    each(st, "change_mean", t_of(d), v, z); each(st, "change_shift", walsh(r), v, z)
    say(st, "change_ranks", "p_value", pratt(r), v, z, tol = 1e-5)
  }
  carried <- t(apply(w, 1, function(x) { for (i in 2:5) if (is.na(x[i])) x[i] <- x[i - 1]; x }))
  each(st, "missing_locf", t_of(carried[, 5] - carried[, 1]), v, "W48")
  each(st, "missing_bocf", t_of(ifelse(is.na(w[, 5]), 0, w[, 5] - w[, 1])), v, "W48")
  each(st, "hierarchy", mixed(w), v, "W48", tol = 1e-3)
}
cdai <- wide(m, ids, "cdai", c("W00", "W04", "W12", "W24", "W48", "W72", "W96"))
for (z in c("W12", "W24", "W48")) {
  k <- sum(cdai[, z] <= 10, na.rm = TRUE)
  share(st, "response_nri", k, length(ids), "cdai_low", z); share(st, "response_observed", k, sum(!is.na(cdai[, z])), "cdai_low", z)
}
low <- cdai <= 10
for (z in c("W24", "W48", "W72", "W96")) {
  k <- !is.na(low[, "W12"]) & !is.na(low[, z]); gain <- sum(!low[k, "W12"] & low[k, z]); loss <- sum(low[k, "W12"] & !low[k, z])
  t <- tango(gain, loss, sum(k))
  each(st, "repeated_difference", list(estimate = (gain - loss) / sum(k), conf_low = t[1], conf_high = t[2],
                                       p_value = binom.test(gain, gain + loss)$p.value), "cdai_low", z, tol = 1e-5)
}
rows <- data.frame(id = rep(seq_along(ids), 5), v = factor(rep(colnames(low)[3:7], each = length(ids))), y = as.integer(c(low[, 3:7])))
rows <- rows[!is.na(rows$y), ]; rows <- rows[order(rows$id, rows$v), ]
e <- summary(geeglm(y ~ v, id = id, data = rows, family = binomial, corstr = "exchangeable"))$coefficients
for (z in c("W24", "W48", "W72", "W96")) {
  b <- e[paste0("v", z), 1]; se <- e[paste0("v", z), 2]
  each(st, "repeated_odds", list(estimate = exp(b), conf_low = exp(b - qnorm(.975) * se), conf_high = exp(b + qnorm(.975) * se)),
       "cdai_low", z, tol = 2e-3)
}
weeks <- c(0, 4, 12, 24, 48, 72, 96); gone <- s$discontinuation_reason %in% c("inefficacy", "death")
for (target in list(list("low disease activity", 10), list("remission", 2.8))) {
  risk <- which(cdai[, 1] > target[[2]])
  times <- t(sapply(risk, function(i) { k <- which(!is.na(cdai[i, ])); hit <- k[cdai[i, k] <= target[[2]]]
    if (length(hit)) c(weeks[hit[1]], 1) else c(weeks[max(k)], if (gone[i]) 2 else 0) }))
  km <- summary(survfit(Surv(times[, 1], times[, 2] == 1) ~ 1, conf.type = "log-log"), times = weeks[4:7])
  aj <- survfit(Surv(times[, 1], factor(times[, 2], 0:2)) ~ 1); j <- which(aj$states == "1"); aj <- summary(aj, times = weeks[4:7])
  for (i in 1:4) {
    at <- paste0("w", weeks[3 + i])
    each(st, "reached_censored", list(estimate = 1 - km$surv[i], conf_low = 1 - km$upper[i], conf_high = 1 - km$lower[i]), "target", at,
         tol = 1e-5, group = target[[1]])
    say(st, "reached", "estimate", aj$pstate[i, j], "target", at, target[[1]])
  }
}
y <- as.integer(low[, "W48"])
alone <- list(age = s$age / 10, female = as.integer(s$sex == "F"), disease_duration_years = s$disease_duration_years,
              cdai = base("cdai") / 5, haq_di = base("haq_di"), prednisone_mg_day = base("prednisone_mg_day") / 5)
for (v in names(alone)) {
  f <- glm(y ~ x, binomial, data.frame(y = y, x = alone[[v]])); e <- summary(f)$coefficients[2, ]
  each(st, "predictor", list(estimate = exp(e[1]), conf_low = exp(e[1] - qnorm(.975) * e[2]),
                             p_value = pchisq(f$null.deviance - f$deviance, 1, lower.tail = FALSE)), v, "", tol = 1e-5)
}
data <- data.frame(stays = !is.na(y), age = s$age, sex = s$sex, years = s$disease_duration_years, cdai = base("cdai"),
                   dose = base("prednisone_mg_day"))
w <- mean(data$stays) / fitted(glm(stays ~ ., binomial, data)); ends <- quantile(w[data$stays], c(.01, .99))
w <- pmin(pmax(w, ends[1]), ends[2])
say(st, "sensitivity", "estimate", weighted.mean(y[data$stays], w[data$stays]),
    "Weighted by the inverse probability of being observed", tol = 1e-4)
late <- c(cdai[, c("W48", "W72", "W96")]); late <- late[!is.na(late)]; r <- cor(cdai[, "W48"], cdai[, "W72"], use = "complete.obs")
z <- (10 - mean(late)) / sd(late); expected <- -sd(late) * (1 - r) * dnorm(z) / (1 - pnorm(z))
k <- cdai[, 1] > 10 & !is.na(cdai[, "W48"])
each(st, "beyond_selection", c(expected = expected, t_of(cdai[k, "W48"] - cdai[k, 1] - expected)), "cdai", "W48", tol = 1e-5,
     group = "correlation W48 W72")
for (v in c("haq_di", "pain_mm", "ptga_mm", "facit_fatigue", "rapid3", "eq5d_5l_cn", "sf36_pcs")) {
  d <- diff(t(wide(m, ids, v, c("W00", "W48"))))[1, ]; each(st, "pro_change", t_of(d[!is.na(d)]), v, "W48")
}
for (z in c("W48", "W96")) {
  d <- diff(t(wide(m, ids, "svdh_total", c("W00", z))))[1, ]; each(st, "films", t_of(d[!is.na(d)]), "svdh_total", z)
}
labs <- read(st, "labs"); labs <- labs[labs$subject_id %in% ids & labs$window_status == "in", ]
for (v in c("CD4", "CD19", "NK", "IL6", "IL17A", "TNFA")) for (z in c("W24", "W48")) {
  at <- function(visit) { l <- labs[labs$analyte == v & labs$visit_id == visit, ]; l <- l[!duplicated(l$subject_id), ]
    x <- ifelse(l$censor %in% c("below", "left", "<"), l$lod / 2, l$value_std); x[match(ids, l$subject_id)] }
  d <- round(log(at(z)), 8) - round(log(at("W00")), 8); d <- round(d[is.finite(d)], 8)
  each(st, "marker_ratio", c(exp(walsh(d)), p_value = pratt(d)), v, z, tol = 1e-5)
}

# ---- dermatomyositis
st <- "dm_abatacept"; m <- read(st, "measures"); people <- read(st, "populations"); ids <- people$subject_id[people$FAS == "True"]
for (q in list(c("cdasi_activity", "cdasi_activity"), c("phga", "phga_mm"), c("ptga", "ptga_mm"), c("mmt8", "mmt8"),
               c("haq_di", "haq_di"), c("extramuscular", "extramuscular_mm"), c("prednisone", "prednisone_mg_day"))) {
  w <- wide(m, ids, q[2], c("W00", "W04", "W12", "W24")); d <- w[, 4] - w[, 1]; d <- d[!is.na(d)]; r <- round(d, 8)
  each(st, "change_mean", t_of(d), q[1], "W24"); each(st, "change_shift", walsh(r), q[1], "W24")
  each(st, "change_dz", dz_of(d), q[1], "W24", tol = 1e-5); say(st, "change_ranks", "p_value", pratt(r), q[1], "W24")
  each(st, "hierarchy", mixed(w), q[1], "W24", tol = 5e-3)
}
a <- read(st, "responses"); a <- a[a$endpoint == "tis_moderate" & a$visit_id == "W24" & a$subject_id %in% ids, ]
share(st, "response_composite", sum(a$value == "True"), length(ids), "tis_moderate", "W24")
z <- (14 - 12) / 8; expected <- -8 * (1 - .7) * dnorm(z) / (1 - pnorm(z)); d <- diff(t(wide(m, ids, "cdasi_activity", c("W00", "W24"))))[1, ]
each(st, "beyond_selection", c(expected = expected, t_of(d[!is.na(d)] - expected), p_value = t.test(d - expected)$p.value),
     "cdasi_activity", "W24", tol = 1e-5, group = "Selected above 14 correlation 0.7")

packages <- c("nlme", "lme4", "pbkrtest", "survival", "geepack")
out <- list(source = "tests/reports/r/final.R", r_version = R.version.string, date = format(Sys.Date()),
            packages = setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages),
            data = fromJSON("data/digests.json"), values = found)
write(toJSON(out, digits = NA, auto_unbox = TRUE), "final.json")
cat(length(found), "values\n")
