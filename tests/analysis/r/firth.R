# Firth's logistic regression: estimates by brglm2 (mean bias reduction of the canonical logit is Firth's), limits and
# tests by an independent maximisation (optim, BFGS) of the penalised likelihood and uniroot on its profile.
suppressMessages({library(brglm2); library(jsonlite)})
set.seed(11)
n <- 40
cohort <- data.frame(age = round(rnorm(n, 55, 10), 1), acpa = rep(0:1, n / 2), drug = rep(c("a", "b", "c", "a"), n / 4))
cohort$remission <- as.integer(runif(n) < plogis(-0.5 + 0.05 * (cohort$age - 55) + 0.6 * cohort$acpa))
cohort$remission[cohort$drug == "c"] <- 0L          # quasi-complete separation: nobody on drug c
cohort$same <- cohort$remission                      # complete separation
penalised <- function(b, x, y) {
  eta <- drop(x %*% b); p <- plogis(eta)
  if (any(abs(eta) > 600)) return(-1e10)
  sum(y * eta - log1p(exp(eta))) + 0.5 * as.numeric(determinant(crossprod(x * sqrt(p * (1 - p))))$modulus)
}
profile_at <- function(j, at, x, y, start) {
  if (ncol(x) == 1) return(penalised(at, x, y))
  f <- function(b) -penalised(append(b, at, j - 1), x, y)
  if (!is.finite(f(start[-j]))) start[] <- 0
  best <- optim(start[-j], f, method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))
  best <- optim(best$par, f, method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))
  -best$value
}
one <- function(formula) {
  x <- model.matrix(formula, cohort); y <- cohort$remission
  sc <- apply(x, 2, function(v) sqrt(mean(v^2)))
  fit <- glm(formula, binomial, cohort, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 1000)
  b <- coef(fit); xs <- sweep(x, 2, sc, "/"); bs <- b * sc
  top <- penalised(bs, xs, y); drop <- qchisq(0.95, 1) / 2
  limits <- t(sapply(seq_along(b), function(j) {
    f <- function(at) profile_at(j, at, xs, y, bs) - top + drop
    march <- function(way) {
      inside <- bs[j]; outside <- bs[j] + way * 0.5
      while (f(outside) > 0) { inside <- outside; outside <- outside + way * 0.5 }
      uniroot(f, sort(c(inside, outside)), tol = 1e-10)$root
    }
    c(march(-1), march(1)) / sc[j]
  }))
  lr <- sapply(seq_along(b), function(j) 2 * (top - profile_at(j, 0, xs, y, bs)))
  list(terms = names(b), coefficient = unname(b), low = limits[, 1], high = limits[, 2],
       log_likelihood = top, statistic = lr, p_value = pchisq(lr, 1, lower.tail = FALSE))
}
out <- list(source = "tests/analysis/r/firth.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(brglm2 = as.character(packageVersion("brglm2"))), data = cohort,
            results = list(ordinary = one(remission ~ age + acpa), quasi = one(remission ~ age + drug),
                           complete = one(remission ~ same)))
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1), "firth.json")
