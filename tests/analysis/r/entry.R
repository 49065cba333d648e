# A Cox model with delayed entry at times of events, and mixed models that an optimiser takes for flat. The data stand in
# entry.json, which is read and written again with the results.
suppressMessages({library(survival); library(lme4); library(jsonlite)})
data <- fromJSON("entry.json")$data
W <- as.data.frame(data$wide); L <- as.data.frame(data$long)
m <- coxph(Surv(entry, time, event) ~ risk + arm, W, ties = "efron")
z <- cox.zph(m, transform = "km")$table
ri <- lmer(y ~ week + arm + (1 | subject_id), L)
out <- list(source = "tests/analysis/r/entry.R", r_version = R.version.string, date = "2026-11-29",
  packages = list(survival = as.character(packageVersion("survival")), lme4 = as.character(packageVersion("lme4"))),
  data = data, cox = list(log_estimate = unname(coef(m)), se = unname(sqrt(diag(vcov(m)))), log_likelihood = m$loglik[2],
  statistic = unname(2 * diff(m$loglik))), zph = list(statistic = unname(z[, 1])),
  lmer = list(estimate = unname(fixef(ri)), sd = as.data.frame(VarCorr(ri))$sdcor))
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), "entry.json")
print(out$cox); print(out$zph); print(out$lmer)
