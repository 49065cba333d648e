# The penalised logistic model, the optimism of its performance and of its calibration curve, the skewness of changes, and
# the change beyond selection, each written again from its formula. glmnet and e1071 are asked where they have the same.
suppressMessages({library(glmnet); library(e1071); library(jsonlite)})
set.seed(20260103)
n <- 90
age <- round(rnorm(n, 55, 12)); crp <- round(exp(rnorm(n, 2, 1)), 1); rf <- rbinom(n, 1, .6)
good <- rbinom(n, 1, plogis(-0.6 - 0.06 * (age - 55) - 0.03 * (crp - 10) + 0.9 * rf))
x <- cbind(age, crp, rf)

# Maximum of log-likelihood minus penalty / 2 times the squared slopes of standardised columns (SD with 1 / n).
ridge <- function(x, y, penalty) {
  m <- colMeans(x); s <- sqrt(colMeans(sweep(x, 2, m)^2)); z <- cbind(1, sweep(sweep(x, 2, m), 2, s, "/"))
  root <- diag(c(0, rep(penalty, ncol(x)))); b <- rep(0, ncol(z))
  for (i in 1:200) {
    p <- plogis(drop(z %*% b)); info <- t(z) %*% (z * p * (1 - p))
    step <- solve(info + root, t(z) %*% (y - p) - root %*% b); b <- drop(b + step)
    if (max(abs(step)) < 1e-13) break
  }
  eta <- drop(z %*% b); slopes <- b[-1] / s
  list(intercept = unname(b[1] - sum(slopes * m)), slopes = unname(slopes), loglik = sum(y * eta - log1p(exp(eta))),
       df = sum(diag(solve(info + root, info))) - 1)
}
penalties <- 10^seq(-2, 3.25, .25)
best <- function(x, y) {
  fits <- lapply(penalties, function(p) ridge(x, y, p))
  k <- which.max(sapply(fits, function(f) f$loglik - f$df)); c(fits[[k]], penalty = penalties[k])
}
auc <- function(y, p) mean(outer(p[y == 1], p[y == 0], function(a, b) (a > b) + (a == b) / 2))
measures <- function(y, p) {
  lp <- qlogis(p)
  c(auc = auc(y, p), brier = mean((y - p)^2), scaled_brier = 1 - mean((y - p)^2) / (mean(y) * (1 - mean(y))),
    calibration_intercept = unname(coef(glm(y ~ offset(lp), family = binomial, epsilon = 1e-14))),
    calibration_slope = unname(coef(glm(y ~ lp, family = binomial, epsilon = 1e-14))[2]))
}
# Cleveland's local line at a point: the nearest two thirds, tricube weights; nothing beyond the predictions.
smooth <- function(y, p, grid) sapply(grid, function(g) {
  if (g < min(p) || g > max(p)) return(NA)
  d <- abs(p - g); h <- sort(d)[floor(2 / 3 * length(p) + 1e-10)]
  w <- ifelse(d < h, (1 - (d / h)^3)^3, 0); unname(coef(lm(y ~ I(p - g), weights = w))[1])
})
validate <- function(penalty, rows) {
  make <- function(x, y) if (is.null(penalty)) best(x, y) else ridge(x, y, penalty)
  predict <- function(f) plogis(f$intercept + drop(x %*% f$slopes))
  p <- predict(make(x, good)); ends <- quantile(p, c(.025, .975)); grid <- seq(ends[1], ends[2], length.out = 41)
  apparent <- measures(good, p); curve <- smooth(good, p, grid)
  inside <- outside <- curves <- NULL
  for (i in seq_len(nrow(rows))) {
    k <- rows[i, ]; q <- predict(make(x[k, ], good[k]))
    inside <- rbind(inside, measures(good[k], q[k])); outside <- rbind(outside, measures(good, q))
    curves <- rbind(curves, smooth(good[k], q[k], grid) - smooth(good, q, grid))
  }
  reached <- colSums(!is.na(curves)) >= nrow(rows) / 2
  optimism <- ifelse(reached, colMeans(curves, na.rm = TRUE), NA)
  list(apparent = as.list(apparent), optimism = as.list(colMeans(inside - outside)), predicted = unname(grid),
       curve = curve, curve_optimism = optimism, mean_error = mean(abs(curve - grid)),
       mean_error_corrected = mean(abs(curve - optimism - grid), na.rm = TRUE))
}
rows <- t(replicate(25, sample(n, n, TRUE)))
shrunk <- glmnet(x, good, "binomial", alpha = 0, lambda = 7 / n, standardize = TRUE, thresh = 1e-15, maxit = 1e7)

before <- round(rnorm(30, 40, 6), 1); after <- round(before - rexp(30, 1 / 6), 1)
after[c(4, 19)] <- NA; d <- (after - before)[!is.na(after)]
test <- t.test(d, mu = -3.5, conf.level = .9); zero <- t.test(d)
g1 <- mean((d - mean(d))^3) / mean((d - mean(d))^2)^1.5; k <- length(d)
out <- list(source = "tests/analysis/r/prediction.R", r_version = R.version.string, date = "2026-11-29",
  packages = list(glmnet = as.character(packageVersion("glmnet")), e1071 = as.character(packageVersion("e1071"))),
  data = data.frame(age, crp, rf, good), resamples = rows - 1,
  given = ridge(x, good, 7), glmnet = list(intercept = unname(shrunk$a0), slopes = as.numeric(shrunk$beta)),
  chosen = best(x, good), validated = validate(7, rows), validated_chosen = validate(NULL, rows[1:8, ]),
  changes = list(before = before, after = after, skewness = sqrt(k * (k - 1)) / (k - 2) * g1,
    e1071 = skewness(d, type = 2), beyond = mean(d) + 3.5, low = test$conf.int[1] + 3.5, high = test$conf.int[2] + 3.5,
    statistic = unname(test$statistic), p_value = test$p.value, p_zero = zero$p.value, df = unname(test$parameter)))
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = 1), "prediction.json")
str(out$given); str(out$glmnet); str(out$chosen); print(out$changes[3:4]); str(out$validated)
