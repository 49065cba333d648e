# Reference-based imputation by conditional means with jackknife errors, written a second time over nlme::gls.
suppressMessages({library(nlme); library(jsonlite)})
set.seed(21)
n <- 24
arm <- rep(c("drug", "placebo"), n / 2)
s <- 0.75^abs(outer(1:3, 1:3, "-")) * outer(c(4, 4.5, 5), c(4, 4.5, 5))
y <- matrix(rnorm(n * 3), n) %*% chol(s)
y <- round(sweep(y, 2, c(20, 18, 17), "+") - outer(arm == "drug", c(0, 2, 4)), 2)
y[c(1, 3, 8, 14), 3] <- NA; y[c(5, 20), 2:3] <- NA; y[c(7, 16), 2] <- NA
once <- function(y, arm, rule, delta) {
  d <- data.frame(id = factor(rep(seq_len(nrow(y)), 3)), v = rep(1:3, each = nrow(y)), arm = rep(arm, 3), y = c(y))
  d <- d[!is.na(d$y), ]; d$f <- factor(d$v); d <- d[order(d$id, d$v), ]; d$arm <- factor(d$arm, c("placebo", "drug"))
  m <- gls(y ~ 0 + arm:f, d, correlation = corSymm(form = ~ v | id), weights = varIdent(form = ~ 1 | f),
           control = glsControl(tolerance = 1e-11, msTol = 1e-13, maxIter = 500, msMaxIter = 500, opt = "optim", optimMethod = "BFGS"))
  mu <- matrix(coef(m), 2, dimnames = list(c("placebo", "drug"), NULL))
  sds <- m$sigma * c(1, coef(m$modelStruct$varStruct, unconstrained = FALSE))[match(c("1", "2", "3"), c("1", names(coef(m$modelStruct$varStruct, unconstrained = FALSE))))]
  r <- coef(m$modelStruct$corStruct, unconstrained = FALSE); R <- diag(3); R[lower.tri(R)] <- r; R <- R + t(R) - diag(3)
  S <- diag(sds) %*% R %*% diag(sds)
  f <- y
  for (i in seq_len(nrow(y))) { g <- is.na(y[i, ]); if (any(g)) {
    k <- max(which(!g)); own <- mu[arm[i], ]; ref <- mu["placebo", ]
    if (k < 3) { later <- (k + 1):3
      if (rule == "jump_to_reference") own[later] <- ref[later]
      if (rule == "copy_increments") own[later] <- mu[arm[i], k] + ref[later] - ref[k] }
    f[i, g] <- own[g] + S[g, !g, drop = FALSE] %*% solve(S[!g, !g, drop = FALSE], y[i, !g] - own[!g])
    if (k < 3 && arm[i] == "drug") f[i, later] <- f[i, later] + delta } }
  unname(coef(lm(f[, 3] ~ y[, 1] + I(arm == "drug")))[3])
}
one <- function(rule, delta) {
  e <- once(y, arm, rule, delta); j <- sapply(seq_len(n), function(i) once(y[-i, ], arm[-i], rule, delta))
  list(estimate = e, se = sqrt((n - 1) / n * sum((j - mean(j))^2)))
}
out <- list(source = "tests/analysis/r/reference.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(nlme = as.character(packageVersion("nlme"))), course = y, arm = arm,
            results = list(missing_at_random = one("missing_at_random", 0), jump_to_reference = one("jump_to_reference", 0),
                           copy_increments = one("copy_increments", 0), delta = one("missing_at_random", 1.5)))
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = 1), "reference.json")
print(unlist(out$results))
