# Least-squares means of a mixed model for repeated measures by emmeans, with equal and with observed weights, over
# nlme::gls with an unstructured covariance. Standard errors are those of the unadjusted covariance (Satterthwaite's).
suppressMessages({library(nlme); library(emmeans); library(jsonlite)})
set.seed(20260102)
n <- 60
sd <- c(2, 2.5, 3); r <- matrix(c(1, .6, .4, .6, 1, .7, .4, .7, 1), 3)
site <- sample(c("p", "q", "s"), n, TRUE, c(.6, .3, .1)); age <- round(rnorm(n, 55, 10))
arm <- rep(c("a", "b"), n / 2)
y <- matrix(rnorm(n * 3), n) %*% chol(diag(sd) %*% r %*% diag(sd))
y <- round(sweep(y, 2, c(20, 17, 15), "+") + 2 * (site == "s") - (arm == "b") + 0.05 * age, 2)
y[runif(n) < .15, 3] <- NA; y[runif(n) < .1, 2] <- NA
long <- data.frame(subject_id = rep(seq_len(n), 3), visit_id = rep(c("w00", "w12", "w24"), each = n),
                   arm = rep(arm, 3), site = rep(site, 3), age = rep(age, 3), y = c(y))
seen <- long[!is.na(long$y), ]
for (name in c("visit_id", "arm", "site")) seen[[name]] <- factor(seen[[name]])
seen$place <- as.integer(seen$visit_id)
fit <- gls(y ~ visit_id * arm + site + age, seen, correlation = corSymm(form = ~ place | subject_id),
           weights = varIdent(form = ~ 1 | visit_id), method = "REML",
           control = glsControl(opt = "nlminb", msMaxIter = 1000, tolerance = 1e-12, msTol = 1e-14))
# observed weights as counts of the rows: "proportional" would take the residual weights of gls into account
means <- function(weights) {
  found <- as.data.frame(emmeans(fit, ~ visit_id * arm, weights = weights, mode = "asymptotic", data = seen))
  data.frame(visit = as.character(found$visit_id), group = as.character(found$arm), estimate = found$emmean,
             se = found$SE)
}
out <- list(source = "tests/analysis/r/means.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(nlme = as.character(packageVersion("nlme")),
                            emmeans = as.character(packageVersion("emmeans"))),
            log_likelihood = as.numeric(logLik(fit)), data = long,
            equal = means("equal"), observed = means(as.numeric(table(seen$site))))
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = 1), "means.json")
print(out$equal); print(out$observed)
