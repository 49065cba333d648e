# Two and more groups: R's values. Where base R or Debian has no function, the definition is written out here a second
# time (closed forms and uniroot; grids), independently of the Python code.
suppressMessages({library(survival); library(coin); library(exactRankTests); library(emmeans); library(jsonlite)})
options(warn = -1)
tables <- list(c(8, 20, 2, 20), c(0, 10, 5, 10), c(5, 10, 0, 10), c(10, 10, 3, 12), c(1, 50, 1, 47), c(30, 60, 12, 55),
               c(7, 9, 3, 11))
z <- qnorm(0.975)
mn_var <- function(x1, n1, x2, n2, d) {               # closed form of Miettinen and Nurminen's cubic
  N <- n1 + n2; L3 <- N; L2 <- (n1 + 2 * n2) * (-d) - N - (x1 + x2); delta <- -d
  # written for theta = p2 - p1 = -d with p1 the first: Farrington and Manning's parametrisation
  L2 <- (n2 + 2 * n1) * delta - N - (x1 + x2); L1 <- (n1 * delta - N - 2 * x1) * delta + x1 + x2; L0 <- x1 * delta * (1 - delta)
  q <- L2^3 / (3 * L3)^3 - L1 * L2 / (6 * L3^2) + L0 / (2 * L3)
  p <- sign(q) * sqrt(max(L2^2 / (3 * L3)^2 - L1 / (3 * L3), 0)); if (q == 0) p <- sqrt(max(L2^2 / (3 * L3)^2 - L1 / (3 * L3), 0))
  a <- (pi + acos(max(-1, min(1, q / p^3)))) / 3
  p1 <- 2 * p * cos(a) - L2 / (3 * L3); p1 <- min(max(p1, 0), 1); p2 <- min(max(p1 + delta, 0), 1)
  (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * N / (N - 1)
}
mn_score <- function(v, d) (v[1] / v[2] - v[3] / v[4] - d) / sqrt(mn_var(v[1], v[2], v[3], v[4], d))
root <- function(f, a, b) { r <- try(uniroot(f, c(a, b), tol = 1e-12, maxiter = 10000)$root, silent = TRUE)
                            if (inherits(r, "try-error")) NA else r }
newcombe <- function(v) { w <- function(x, n) { m <- (x + z^2 / 2) / (n + z^2); h <- z * sqrt(x * (n - x) / n + z^2 / 4) / (n + z^2); c(m - h, m + h) }
  p1 <- v[1] / v[2]; p2 <- v[3] / v[4]; a <- w(v[1], v[2]); b <- w(v[3], v[4])
  c(p1 - p2 - sqrt((p1 - a[1])^2 + (b[2] - p2)^2), p1 - p2 + sqrt((a[2] - p1)^2 + (p2 - b[1])^2)) }
ratio_score <- function(v, r) { N <- v[2] + v[4]
  p2 <- ((r * (v[2] + v[3]) + v[1] + v[4]) - sqrt((r * (v[2] + v[3]) + v[1] + v[4])^2 - 4 * r * N * (v[1] + v[3]))) / (2 * r * N)
  p1 <- r * p2
  (v[1] / v[2] - r * v[3] / v[4]) / sqrt((p1 * (1 - p1) / v[2] + r^2 * p2 * (1 - p2) / v[4]) * N / (N - 1)) }
boschloo <- function(v) { n1 <- v[2]; n2 <- v[4]
  p <- outer(0:n1, 0:n2, Vectorize(function(a, b) fisher.test(matrix(c(a, n1 - a, b, n2 - b), 2))$p.value))
  ext <- p <= p[v[1] + 1, v[3] + 1] * (1 + 1e-7)
  max(sapply(seq(0.001, 0.999, by = 0.001), function(r) sum(outer(dbinom(0:n1, n1, r), dbinom(0:n2, n2, r))[ext]))) }
counts <- lapply(tables, function(v) {
  est <- v[1] / v[2] - v[3] / v[4]
  low <- root(function(d) mn_score(v, d) - z, -1 + 1e-9, est - 1e-9); high <- root(function(d) mn_score(v, d) + z, est + 1e-9, 1 - 1e-9)
  f <- fisher.test(matrix(c(v[1], v[2] - v[1], v[3], v[4] - v[3]), 2))
  rl <- if (v[1] == 0) 0 else exp(root(function(r) ratio_score(v, exp(r)) - z, -15, log(v[1] / v[2] / max(v[3] / v[4], 1e-4)) - 1e-9))
  rh <- if (v[3] == 0) NA else exp(root(function(r) ratio_score(v, exp(r)) + z, log(max(v[1] / v[2], 1e-6) / (v[3] / v[4])) + 1e-9, 15))
  list(counts = v, newcombe = newcombe(v), mn = c(low, high), mn_p = 2 * pnorm(-abs(mn_score(v, 0))),
       ratio = c(rl, rh), fisher_p = f$p.value, odds_ratio = c(f$estimate, f$conf.int[1:2]), boschloo = boschloo(v)) })

samples <- list(untied = list(a = c(5.1, 6.2, 7.0, 8.4, 3.3), b = c(1.0, 2.5, 3.1, 4.4, 6.0, 0.2)),
                tied = list(a = c(3, 4, 5, 5, 2, 3, 6), b = c(1, 2, 3, 3, 2, 4, 1, 2)),
                unbalanced = list(a = c(10, 12), b = c(1, 2, 3, 4, 5, 6, 7, 8, 9, 11)))
ranks <- lapply(samples, function(s) {
  d <- data.frame(y = c(s$a, s$b), g = factor(rep(c("a", "b"), c(length(s$a), length(s$b)))))
  w <- wilcox.exact(s$a, s$b); h <- wilcox.test(s$a, s$b, conf.int = TRUE, exact = TRUE, correct = FALSE)
  list(a = s$a, b = s$b, W = unname(w$statistic), p = w$p.value,
       coin = as.numeric(pvalue(wilcox_test(y ~ g, d, distribution = "exact"))),
       shift = if (anyDuplicated(d$y)) NULL else c(unname(h$estimate), h$conf.int[1:2])) })

set.seed(3)
n <- 90
trial <- data.frame(id = 1:n, arm = rep(c("a", "b"), n / 2), site = rep(c("x", "y", "z"), each = n / 3),
                    sex = sample(c("f", "m"), n, TRUE, c(.7, .3)), base = round(rnorm(n, 20, 5), 1))
trial$y <- round(0.6 * trial$base - 2 * (trial$arm == "b") - 1.5 * (trial$arm == "b") * (trial$sex == "m") + rnorm(n, 0, 3), 2)
trial$good <- as.integer(trial$y < 10.5)
trial$time <- round(rexp(n, 0.05 * ifelse(trial$arm == "b", 0.6, 1)), 1) + 0.1
trial$event <- as.integer(trial$time < 25); trial$time <- pmin(trial$time, 25)
tab <- table(trial$arm, trial$good, trial$site)[c("b", "a"), c("1", "0"), ]
m <- mantelhaen.test(tab, correct = FALSE)
sato <- local({ a <- tab[1, 1, ]; b <- tab[1, 2, ]; c <- tab[2, 1, ]; d <- tab[2, 2, ]; n1 <- a + b; n2 <- c + d; N <- n1 + n2
  w <- n1 * n2 / N; rd <- sum(w * (a / n1 - c / n2)) / sum(w)
  P <- sum((n1^2 * c - n2^2 * a + n1 * n2 * (n2 - n1) / 2) / N^2); Q <- sum((a * (n2 - c) + c * (n1 - a)) / (2 * N))
  se <- sqrt((rd * P + Q) / sum(w)^2); c(rd, rd - z * se, rd + z * se) })
lmi <- lm(y ~ arm * sex + base, trial); lm0 <- lm(y ~ arm + sex + base, trial)
b_at <- function(s) { e <- summary(contrast(emmeans(lmi, ~ arm | sex), "revpairwise"), infer = TRUE); e <- e[e$sex == s, ]
  c(e$estimate, e$lower.CL, e$upper.CL, e$p.value) }
gi <- glm(good ~ arm * sex, binomial, trial); g0 <- glm(good ~ arm + sex, binomial, trial)
main <- lm(y ~ base + sex + arm, trial)
means <- function(w) { s <- summary(emmeans(main, ~arm, weights = w)); list(estimate = s$emmean, se = s$SE) }
pair <- summary(contrast(emmeans(main, ~arm), "revpairwise"), infer = TRUE)
sd0 <- survdiff(Surv(time, event) ~ arm, trial); sd1 <- survdiff(Surv(time, event) ~ arm + strata(site), trial)
fit <- coxph(Surv(time, event) ~ I(arm == "b") + base, trial, ties = "efron")
zph <- lapply(c("km", "rank", "identity", "log"), function(tr) unclass(cox.zph(fit, transform = tr, terms = FALSE))$table)
names(zph) <- c("km", "rank", "identity", "log")
rm <- summary(survfit(Surv(time, event) ~ arm, trial), rmean = 20)$table[, c("rmean", "se(rmean)")]
left <- c(0, 3, 6, 6, 0, 9, 3, 12, 6, 0, 3, 9); right <- c(3, 6, 12, 9, 6, NA, 9, NA, NA, 3, 3, 12)
np <- survfit(Surv(left, right, type = "interval2") ~ 1)
out <- list(source = "tests/analysis/r/groups.R", r_version = R.version.string, date = "2026-11-29",
            packages = sapply(c("survival", "coin", "exactRankTests", "emmeans"), function(p) as.character(packageVersion(p))),
            counts = counts, ranks = ranks, trial = trial,
            cmh = list(statistic = unname(m$statistic), p = m$p.value, odds_ratio = c(unname(m$estimate), m$conf.int[1:2]), difference = sato),
            subgroups = list(f = b_at("f"), m = b_at("m"), interaction = c(anova(lm0, lmi)$F[2], anova(lm0, lmi)$`Pr(>F)`[2]),
                             binomial = c(anova(g0, gi, test = "Chisq")$Deviance[2], anova(g0, gi, test = "Chisq")$`Pr(>Chi)`[2]),
                             overall = c(unname(coef(lm(y ~ arm + base + sex, trial))["armb"]), confint(lm(y ~ arm + base + sex, trial))["armb", ])),
            ancova = list(equal = means("equal"), proportional = means("proportional"),
                          difference = c(pair$estimate, pair$SE, pair$lower.CL, pair$upper.CL, pair$p.value)),
            log_rank = list(plain = c(sd0$chisq, 1 - pchisq(sd0$chisq, 1)), stratified = c(sd1$chisq, 1 - pchisq(sd1$chisq, 1))),
            cox = list(coefficient = unname(coef(fit))), zph = zph, restricted = unname(rm),
            interval_censored = list(left = left, right = right, time = np$time, surv = np$surv))
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = 1), "groups.json")
print(np$time); print(np$surv); print(zph$km); print(rm)
