# Missing answers imputed by logistic regression: the share and its variance over the data sets of mice.
suppressMessages({library(mice); library(jsonlite)})
set.seed(20261129)
n <- 300; m <- 1000
x <- round(rnorm(n), 2); arm <- rep(0:1, n / 2)
y <- rbinom(n, 1, plogis(-0.3 + 0.9 * x + 0.6 * arm))
y[runif(n) < plogis(-1 + 0.8 * x)] <- NA
made <- mice(data.frame(y = factor(y), x = x, arm = arm), m = m, maxit = 1, method = c("logreg", "", ""), printFlag = FALSE)
filled <- sapply(seq_len(m), function(i) as.numeric(as.character(complete(made, i)$y)))
gaps <- is.na(y); part <- cut(rank(x[gaps]), 3, labels = FALSE)
shares <- colMeans(filled)
out <- list(source = "tests/analysis/r/binary.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(mice = as.character(packageVersion("mice"))), m = m,
            data = list(x = x, arm = arm, y = y),
            share = mean(shares), between = var(shares),
            thirds = as.numeric(tapply(rowMeans(filled[gaps, ]), part, mean)), gaps = sum(gaps))
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1), "binary.json")
