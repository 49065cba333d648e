# Kenward-Roger by pbkrtest, for compound symmetry (random intercept) and an unstructured covariance.
# lmer has no unstructured residual covariance; random effects per visit beside the residual give the same family
# (one parameter too many, which Kenward and Roger's formulas with a generalised inverse do not feel).
suppressMessages({library(lme4); library(pbkrtest); library(jsonlite)})
set.seed(20260101)
n <- 16
sd <- c(2, 2.5, 3); r <- matrix(c(1, .6, .4, .6, 1, .7, .4, .7, 1), 3)
y <- matrix(rnorm(n * 3), n) %*% chol(diag(sd) %*% r %*% diag(sd))
y <- round(sweep(y, 2, c(20, 17, 15), "+"), 2)
y[c(3, 9), 3] <- NA; y[c(5), 2] <- NA; y[12, 2:3] <- NA
arm <- rep(c("a", "b"), n / 2)
long <- data.frame(subject_id = rep(seq_len(n), 3), visit_id = rep(c("w00", "w12", "w24"), each = n),
                   arm = rep(arm, 3), y = c(y))
seen <- long[!is.na(long$y), ]
seen$visit_id <- factor(seen$visit_id); seen$arm <- factor(seen$arm); seen$id <- factor(seen$subject_id)
loose <- lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.rankZ = "ignore", optimizer = "bobyqa",
                     optCtrl = list(maxfun = 1e6, rhoend = 1e-12), calc.derivs = FALSE)
fits <- list(
  unstructured = suppressWarnings(lmer(y ~ arm * visit_id + (0 + visit_id | id), seen, control = loose)),
  compound_symmetry = lmer(y ~ arm * visit_id + (1 | id), seen,
                           control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))))
weights <- list(intercept = c(1, 0, 0, 0, 0, 0), change_a = c(0, 0, 0, 1, 0, 0),
                difference_w24 = c(0, 1, 0, 0, 0, 1), difference_of_change = c(0, 0, 0, 0, 0, 1))
found <- lapply(fits, function(fit) {
  adjusted <- vcovAdj(fit)
  rows <- lapply(weights, function(w) {
    l <- matrix(w, 1)
    list(estimate = sum(w * fixef(fit)), se = sqrt(drop(l %*% as.matrix(adjusted) %*% t(l))),
         df = KRmodcomp(fit, l)$stats$ddf, p_value = KRmodcomp(fit, l)$stats$p.value)
  })
  joint <- KRmodcomp(fit, rbind(c(0, 0, 0, 0, 1, 0), c(0, 0, 0, 0, 0, 1)))$stats
  visits <- KRmodcomp(fit, rbind(c(0, 0, 1, 0, 0, 0), c(0, 0, 0, 1, 0, 0)))$stats
  list(log_likelihood = as.numeric(logLik(fit)), terms = names(fixef(fit)), contrasts = rows,
       joint_interaction = list(statistic = joint$Fstat, df1 = joint$ndf, df2 = joint$ddf, scaling = joint$F.scaling,
                                p_value = joint$p.value),
       joint_visits = list(statistic = visits$Fstat, df1 = visits$ndf, df2 = visits$ddf, scaling = visits$F.scaling,
                           p_value = visits$p.value))
})
# the worked case of the reference: eight subjects, weeks 0, 12 and 24, two values missing
worked <- rbind(c(22, 17, 12), c(18, 16, 15), c(30, 24, 18), c(25, NA, 25), c(14, 12, 10), c(27, 22, NA),
                c(19, 20, 19), c(33, 25, 20))
w <- data.frame(id = factor(rep(1:8, 3)), visit = factor(rep(c("w00", "w12", "w24"), each = 8)), y = c(worked))
w <- w[!is.na(w$y), ]
small <- suppressWarnings(lmer(y ~ visit + (0 + visit | id), w, control = loose))
change <- list(estimate = unname(fixef(small)[3]), se = sqrt(as.matrix(vcovAdj(small))[3, 3]),
               df = KRmodcomp(small, matrix(c(0, 0, 1), 1))$stats$ddf)
out <- list(worked_change_w24 = change, source = "tests/analysis/r/mmrm.R", r_version = R.version.string, date = "2026-11-29",
            packages = list(lme4 = as.character(packageVersion("lme4")),
                            pbkrtest = as.character(packageVersion("pbkrtest"))),
            data = long, results = found)
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = 1), "mmrm.json")
print(lapply(found, function(f) do.call(rbind, lapply(f$contrasts, unlist))))
