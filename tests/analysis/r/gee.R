# GEE with an AR(1) working correlation over positions with gaps: geepack with `waves`.
suppressMessages({library(geepack); library(jsonlite)})
set.seed(5)
n <- 40; weeks <- c(0, 1, 2, 6)
b <- rnorm(n)
d <- expand.grid(wave = weeks, id = seq_len(n))
noise <- unlist(lapply(seq_len(n), function(i) { e <- numeric(7); e[1] <- rnorm(1)
  for (k in 2:7) e[k] <- 0.7 * e[k - 1] + sqrt(1 - 0.49) * rnorm(1); e[weeks + 1] }))
d$x <- rep(round(b, 3), each = 4)
d$das <- round(5 - 0.2 * d$wave + 0.5 * d$x + noise, 3)
d$remission <- as.integer(d$das < 4.4)
d$flares <- as.integer(pmax(0, round(d$das - 4 + noise)))
d <- d[-c(3, 10, 27, 28, 55, 90, 91, 133), ]
d$wave <- as.integer(d$wave)
one <- function(formula, family) {   # geese itself: geeglm 1.3.9 does not pass waves on to the correlation
  m <- geese(formula, family = family, data = d, id = id, waves = wave, corstr = "ar1",
             control = geese.control(epsilon = 1e-13, maxit = 500))
  list(terms = names(m$beta), coefficient = unname(m$beta), se = unname(sqrt(diag(m$vbeta))), alpha = unname(m$alpha))
}
out <- list(source = "tests/analysis/r/gee.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(geepack = as.character(packageVersion("geepack"))), data = d,
            results = list(gaussian = one(das ~ wave + x, gaussian()),
                           binomial = one(remission ~ wave + x, binomial()),
                           poisson = one(flares ~ wave + x, poisson())))
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1), "gee.json")
