# Competing reasons, weighted means, conditional power and rank correlation.
suppressMessages({library(survival); library(jsonlite)})
set.seed(20261129)
n <- 60
time <- ceiling(rexp(n, 1 / 20)); reason <- sample(c("censored", "inefficacy", "intolerance"), n, TRUE, c(.4, .4, .2))
curve <- survfit(Surv(time, factor(reason, c("censored", "inefficacy", "intolerance"))) ~ 1, conf.type = "log-log")
at <- c(5, 10, 20, 40)
read <- summary(curve, times = at)
competing <- lapply(c(inefficacy = 2, intolerance = 3), function(j) list(estimate = read$pstate[, j], se = read$std.err[, j]))
# one minus the incidence on the log(-log) scale, from R's estimate and error
limits <- lapply(competing, function(one) {
  s <- 1 - one$estimate; half <- qnorm(.975) * one$se / (s * abs(log(s)))
  list(conf_low = 1 - s^exp(-half), conf_high = 1 - s^exp(half))
})
# staying by a logistic model, stabilised weights cut at two quantiles, the weighted mean with its sandwich error
age <- round(rnorm(n, 55, 10)); sex <- sample(c("F", "M"), n, TRUE); y <- round(rnorm(n, 10, 4) + age / 20, 1)
stays <- rbinom(n, 1, plogis(1 - (age - 55) / 12)) == 1
chance <- fitted(glm(stays ~ age + sex, binomial))
w <- mean(stays) / chance; ends <- quantile(w[stays], c(.05, .95)); w <- pmin(pmax(w, ends[1]), ends[2])
m <- weighted.mean(y[stays], w[stays]); se <- sqrt(sum((w[stays] * (y[stays] - m))^2)) / sum(w[stays])
# conditional and predictive power by a million remainders of the trial
conditional <- function(z, information, critical, drift) {
  rest <- rnorm(1e6, drift * (1 - information), sqrt(1 - information))
  mean(z * sqrt(information) + rest > critical)
}
power <- list(trend = conditional(1.2, .5, 1.96, 1.2 / sqrt(.5)), planned = conditional(1.2, .5, 1.96, 2.8),
              predictive = conditional(1.2, .5, 1.96, rnorm(1e6, 1.2 / sqrt(.5), 1 / sqrt(.5))))
rho <- cor(age, y, method = "spearman")
half <- qnorm(.975) * sqrt((1 + rho^2 / 2) / (n - 3))
d <- age - y
out <- list(source = "tests/analysis/r/more.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(survival = as.character(packageVersion("survival"))),
            data = list(time = time, reason = reason, age = age, sex = sex, y = y, stays = stays), at = at,
            competing = competing, limits = limits,
            weighted = list(weights_first = unname(w[stays][1:5]), estimate = m, se = se), power = power,
            spearman = list(estimate = rho, conf_low = tanh(atanh(rho) - half), conf_high = tanh(atanh(rho) + half)),
            agreement = list(estimate = mean(d), conf_low = t.test(d)$conf.int[1], lower = mean(d) - qnorm(.975) * sd(d),
                             concordance = 2 * cov(age, y) * (n - 1) / n /
                               ((var(age) + var(y)) * (n - 1) / n + (mean(age) - mean(y))^2)))
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1), "more.json")
