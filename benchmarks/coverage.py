"""Size of the tests and coverage of the intervals, by simulation and exact summation; writes docs/coverage.md.

    python benchmarks/coverage.py [replicates] [--mixed]

Changes are normal, skewed (lognormal, two ways) or ordinal (five steps), at 20 and 200 pairs. True values come from the
distributions, or from ten million draws where there is no formula. Proportions are summed exactly over all outcomes.
The mixed model has a tenth of the replicates. With --mixed its tables are written anew and the rest of the page stays,
with --empty only that of visits that few attended.
On one core of a small machine the page takes about half an hour, all but two minutes of it for the mixed model
(one and a half seconds for each ten replicates, 750 with --mixed alone at 5,000).
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis import missing, mmrm, paired, proportions
from analysis.mmrm.contrasts import Contrast

SEED, DRAWS, SIZES = 20260101, 10_000_000, (20, 200)
STEPS = np.array([-2.0, -1, 0, 1, 2])
OUT = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"

CHANGES: dict[str, Callable] = {
    "normal": lambda random, size: random.normal(0.5, 1, size),
    "skewed": lambda random, size: random.lognormal(0, 1, size) - 1,
    "skewed, all up": lambda random, size: random.lognormal(0, 1, size),
    "ordinal": lambda random, size: random.choice(STEPS, size, p=[0.05, 0.15, 0.35, 0.3, 0.15]),
}
SYMMETRIC: dict[str, Callable] = {
    "normal": lambda random, size: random.normal(0, 1, size),
    "ordinal": lambda random, size: random.choice(STEPS, size, p=[0.1, 0.2, 0.4, 0.2, 0.1]),
}
INTERVALS = {
    "mean change, t": ("mean_change", "mean_conf_low", "mean_conf_high"),
    "Hodges-Lehmann": ("hl", "hl_conf_low", "hl_conf_high"),
    "d_z, noncentral t": ("d_z", "d_z_conf_low", "d_z_conf_high"),
    "g_z, noncentral t": ("d_z", "g_z_conf_low", "g_z_conf_high"),
    "d_av, Bonett": ("d_av", "d_av_conf_low", "d_av_conf_high"),
    "ES by baseline SD, Bonett": ("es_baseline", "es_baseline_conf_low", "es_baseline_conf_high"),
    "rank-biserial, Fisher z": ("rank_biserial", "rank_biserial_conf_low", "rank_biserial_conf_high"),
    "P(improved), Tango": (
        "probability_improved",
        "probability_improved_conf_low",
        "probability_improved_conf_high",
    ),
}


def simulated(change: Callable, n: int, replicates: int) -> pd.DataFrame:
    """The complete paired analysis of many samples, one a column; the baseline is normal and independent."""
    random = np.random.default_rng([SEED, n])
    before = random.normal(5, 1, (n, replicates))
    moved = change(random, (n, replicates))
    return pd.concat(
        [
            paired.analyse_endpoints(
                pd.DataFrame(before[:, part]),
                pd.DataFrame((before + moved)[:, part]),
                higher_is_better=True,
                zeros="pratt",
            )
            for part in np.array_split(np.arange(replicates), max(replicates // 500, 1))
        ]
    )


def truths(change: Callable) -> dict:
    """What each interval should cover."""
    random = np.random.default_rng(SEED)
    first, second = change(random, DRAWS), change(random, DRAWS)
    mean, sd = first.mean(), first.std()
    pairs = np.round(first + second, 10)
    changed = pairs[(first != 0) & (second != 0)]
    return {
        "mean_change": mean,
        "hl": np.median(pairs) / 2,
        "d_z": mean / sd,
        "d_av": mean / ((1 + np.sqrt(1 + sd**2)) / 2),
        "es_baseline": mean,
        "rank_biserial": np.sign(changed).mean(),
        "probability_improved": (first > 0).mean() + (first == 0).mean() / 2,
    }


def coverage_rows(replicates: int) -> list[list]:
    """Coverage of each 95 % interval by distribution and number of pairs."""
    rows = {name: [name] for name in INTERVALS}
    for change in CHANGES.values():
        truth = truths(change)
        for n in SIZES:
            found = simulated(change, n, replicates)
            for name, (parameter, low, high) in INTERVALS.items():
                value = truth[parameter]
                tolerance = 1e-9 * max(abs(value), 1)
                inside = (found[low] <= value + tolerance) & (value - tolerance <= found[high])
                rows[name].append(100 * inside.mean())
    return list(rows.values())


def size_rows(replicates: int) -> list[list]:
    """How often each test rejects at two-sided 0.05 although changes are symmetric about 0."""
    rows = {
        name: [name]
        for name in ("paired t", "signed-rank exact, Pratt", "signed-rank exact, Wilcoxon", "sign test")
    }
    for change in SYMMETRIC.values():
        for n in SIZES:
            random = np.random.default_rng([SEED, n, 1])
            before = np.zeros((n, replicates))
            after = change(random, (n, replicates))
            sides = pd.DataFrame(before), pd.DataFrame(after)
            for zeros in ("pratt", "wilcoxon"):
                found = paired.analyse_endpoints(*sides, higher_is_better=True, zeros=zeros)
                rows[f"signed-rank exact, {zeros.capitalize()}"].append(
                    100 * (found["rank_p_value"] <= 0.05).mean()
                )
            rows["paired t"].append(100 * (found["t_p_value"] <= 0.05).mean())
            up, down = (after > 0).sum(axis=0), (after < 0).sum(axis=0)
            p = np.minimum(2 * stats.binom.cdf(np.minimum(up, down), up + down, 0.5), 1)
            rows["sign test"].append(100 * (p <= 0.05).mean())
    return list(rows.values())


ONE_SAMPLE = {
    "Clopper-Pearson": "clopper_pearson",
    "Wilson": "wilson",
    "Wilson, continuity-corrected": "wilson_corrected",
    "mid-p": "midp",
    "Jeffreys": "jeffreys",
    "Agresti-Coull": "agresti_coull",
}


def proportion_rows() -> list[list]:
    """Smallest and mean coverage over true rates 0.01 ... 0.99, summed exactly."""
    rows = []
    rates = np.arange(0.01, 0.995, 0.01)
    for label, name in ONE_SAMPLE.items():
        row = [label]
        for n in SIZES:
            k = np.arange(n + 1)
            interval = getattr(proportions, name)(k, n)
            inside = (interval.conf_low <= rates[:, None]) & (rates[:, None] <= interval.conf_high)
            covered = 100 * (stats.binom.pmf(k, n, rates[:, None]) * inside).sum(axis=1)
            row += [covered.min(), covered.mean()]
        rows.append(row)
    return rows


SCENARIOS = {
    # probabilities of kept, lost, gained, never
    "10 % to 40 %": (0.08, 0.02, 0.32, 0.58),
    "50 % to 50 %": (0.35, 0.15, 0.15, 0.35),
    "0 % to 15 %": (0.0, 0.0, 0.15, 0.85),
}


def difference_rows(replicates: int) -> list[list]:
    """Coverage of the paired differences of proportions."""
    names = {
        "Tango": "tango",
        "Newcombe (method 10)": "newcombe",
        "Agresti-Min": "agresti_min",
        "Wald": "wald",
    }
    rows = {label: [label] for label in names}
    for cells in SCENARIOS.values():
        truth = cells[2] - cells[1]
        for n in SIZES:
            tables, times = np.unique(
                np.random.default_rng([SEED, n]).multinomial(n, cells, replicates), axis=0, return_counts=True
            )
            for label, name in names.items():
                compute = getattr(paired, f"{name}_difference")
                found = [compute(paired.PairedTable(*map(int, table))) for table in tables]
                inside = np.array([one.conf_low - 1e-9 <= truth <= one.conf_high + 1e-9 for one in found])
                rows[label].append(100 * (inside * times).sum() / replicates)
    return list(rows.values())


def markdown(header: list[str], rows: list[list], *, flag: Callable) -> str:
    """A table with one decimal; flagged numbers in bold."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for name, *values in rows:
        cells = [f"**{value:.1f}**" if flag(value) else f"{value:.1f}" for value in values]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join(lines)


MIXED = "Mixed model for repeated measures: change at the last of three visits, values missing"
VISITS = ["w00", "w12", "w24"]
MIXED_ROWS = (
    "MMRM, unstructured, Satterthwaite",
    "MMRM, unstructured, Kenward-Roger",
    "multiple imputation, Rubin",
    "complete pairs, t",
)
COURSES = ("normal", "skewed", "ordinal")


def course(random, change: Callable, n: int) -> pd.DataFrame:
    """One sample of subjects by three visits, the last missing at random, likelier after a smaller change before.

    At the second visit half of the change is reached, with noise (SD 0.5) that is gone at the last. After the change h
    there, the last value is missing with the probability 1 / (1 + exp(1.4 + 1.5 h)), about a fifth on average.
    """
    before, moved = random.normal(5, 1, n), change(random, n)
    half = moved / 2 + random.normal(0, 0.5, n)
    gone = random.random(n) < 1 / (1 + np.exp(1.4 + 1.5 * half))
    values = [before, before + half, np.where(gone, np.nan, before + moved)]
    return pd.DataFrame(dict(zip(VISITS, values))).rename_axis("subject_id")


def with_both_errors(long: pd.DataFrame, visits: list[str]) -> tuple[list[Contrast], bool]:
    """The change at the last visit with Satterthwaite's and with Kenward-Roger's errors, and whether unstructured.

    Both are of one fit: without its adjustment a model has Satterthwaite's errors.
    """
    model = mmrm.fit(long, response="value", visits=visits, inference="kenward_roger")
    models = (replace(model, adjustment=None), model)
    last = {f"visit={visits[-1]}": 1}
    found = [mmrm.contrast(one, last, confidence_level=0.95) for one in models]
    return found, model.structure == "unstructured"


def by_imputation(wide: pd.DataFrame, seed: int) -> tuple[float, float]:
    """Limits by multiple imputation; one cycle, as one visit alone has gaps."""
    m = missing.imputations_needed(wide)
    filled = missing.impute_by_matching(wide, n_imputations=m, seed=seed, iterations=1)
    change = (filled["w24"] - filled["w00"]).groupby(filled["imputation"])
    pooled = missing.pool(
        change.mean(), change.var() / len(wide), complete_df=len(wide) - 1, confidence_level=0.95
    )
    return pooled.conf_low, pooled.conf_high


def mixed_cell(change: Callable, n: int, replicates: int) -> tuple[list[float], float]:
    """Coverage of the mean change at the last visit by method, and how often the covariance stayed unstructured."""
    truth = truths(change)["mean_change"]
    covered, unstructured = np.zeros(len(MIXED_ROWS)), 0
    for number in range(replicates):
        wide = course(np.random.default_rng([SEED, n, number]), change, n)
        long = wide.melt(ignore_index=False, var_name="visit_id").reset_index()
        modelled, free = with_both_errors(long, VISITS)
        pairs = paired.compare_means(wide["w00"], wide["w24"], confidence_level=0.95)
        limits = [(one.conf_low, one.conf_high) for one in modelled]
        limits += [by_imputation(wide, number), (pairs.conf_low, pairs.conf_high)]
        covered += [low <= truth <= high for low, high in limits]
        unstructured += free
    return list(100 * covered / replicates), 100 * unstructured / replicates


def mixed_section(replicates: int) -> str:
    """The table of the mixed model, with the standard error of its fewer samples."""
    cells = [mixed_cell(CHANGES[shape], n, replicates) for shape in COURSES for n in SIZES]
    rows = [[name, *values] for name, values in zip(MIXED_ROWS, zip(*(covered for covered, _ in cells)))]
    header = ["95 % interval", *(f"{shape}, n = {n}" for shape in COURSES for n in SIZES)]
    error = 100 * np.sqrt(0.95 * 0.05 / replicates)
    return f"""## {MIXED}

{replicates:,} samples per cell; standard error of a coverage of 95 %: {error:.1f} points. After a change h at the
second visit the last value is missing with the probability 1 / (1 + exp(1.4 + 1.5 h)), a fifth on average: missing at
random, and those who improved little are missing more often. The covariance stayed unstructured in
{min(free for _, free in cells):.0f} % of the samples of the cell where it did so least.

{markdown(header, rows, flag=lambda value: value < 94)}

Both errors of the model are taken from the same fits.

With skewed changes the mixed model covers too little, at 200 subjects as well: the value at the last visit does not
follow the earlier ones on a straight line, so that the mean is biased where values are missing, and its interval is too
narrow as that of any skewed mean. Nothing in this table reaches 94 there. The better choice for a measure
above 0 that changes by factors (enzymes, CRP) is to model its logarithm: the change is then a ratio, and the columns of
normal changes hold. Multiple imputation (predictive mean matching, which borrows values seen) comes nearer than the
model. Complete pairs estimate the change of those who came, who improved more here: the more there are, the less often
does the interval cover.
"""


EMPTY = "Mixed model: visits that few attended"
ATTENDED = {
    2: ((4, 3), (6, 5), (8, 6), (20, 9), (40, 10), (100, 10)),
    3: (
        *((4, 3), (5, 4), (8, 6), (12, 9), (20, 1), (20, 3), (20, 5), (20, 8), (20, 10), (20, 12)),
        *((40, 10), (40, 14), (60, 10), (100, 20), (200, 20)),
    ),
    5: ((12, 9), (20, 10), (20, 12), (40, 14)),
}


def attended(n_visits: int, n: int, seen: int, number: int) -> pd.DataFrame:
    """One sample of correlated visits (0.7 to the power of the lag) without change, the last one seen in some."""
    random = np.random.default_rng([SEED, n_visits, n, seen, number])
    lags = np.abs(np.subtract.outer(range(n_visits), range(n_visits)))
    values = random.normal(size=(n, n_visits)) @ np.linalg.cholesky(0.7**lags).T
    values[random.permutation(n)[seen:], -1] = np.nan
    wide = pd.DataFrame(values, columns=[f"v{v}" for v in range(n_visits)]).rename_axis("subject_id")
    return wide.melt(ignore_index=False, var_name="visit_id").reset_index()


def covered_before_and_now(n_visits: int, n: int, seen: int, replicates: int) -> list[float]:
    """Coverage with Satterthwaite's and with Kenward-Roger's errors, intervals below the minimum included."""
    from scipy.stats import t

    visits = [f"v{v}" for v in range(n_visits)]
    inside, fitted = np.zeros(2), 0
    for number in range(replicates):
        try:
            modelled, _ = with_both_errors(attended(n_visits, n, seen, number), visits)
        except ValueError:
            continue
        inside += [abs(one.estimate) <= t.ppf(0.975, one.df) * one.se for one in modelled]
        fitted += 1
    return list(100 * inside / max(fitted, 1))


def empty_section(replicates: int) -> str:
    """Coverage by how many attended the last visit, with the minimum below which no interval is given."""
    from analysis.mmrm.seen import fewest

    lines = ["| visits | subjects | seen at the last | Satterthwaite (before) | Kenward-Roger (now) | interval given |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for n_visits, cells in ATTENDED.items():
        for n, seen in cells:
            before, now = covered_before_and_now(n_visits, n, seen, replicates)
            needed = fewest(n, n_visits)
            given = "yes" if seen >= needed else f"no, below {needed}"
            lines.append(f"| {n_visits} | {n} | {seen} | {before:.1f} | {now:.1f} | {given} |")
    error = 100 * np.sqrt(0.95 * 0.05 / replicates)
    table = "\n".join(lines)
    return f"""## {EMPTY}

{replicates:,} samples per row; standard error of a coverage of 95 %: {error:.1f} points. Values are normal with a
correlation of 0.7 to the power of the lag and do not change; at the last visit a number of subjects taken by chance was
seen. Coverage is of the 95 % interval of the change from the first visit to the last, also where the rule
(`analysis.mmrm.seen`) gives none. The rule: an interval needs three quarters of the subjects at the visit, or else
seven more than the model has visits and a third of all subjects, which need not be more than ten per visit beyond the
first. Samples in which no covariance could be fitted have no interval and do not count.

{table}
"""


def report(replicates: int) -> str:
    """The page."""
    by_shape = [f"{shape}, n = {n}" for shape in CHANGES for n in SIZES]
    by_symmetry = [f"{shape}, n = {n}" for shape in SYMMETRIC for n in SIZES]
    by_scenario = [f"{name}, n = {n}" for name in SCENARIOS for n in SIZES]
    by_rate = [f"{what}, n = {n}" for n in SIZES for what in ("least", "mean")]

    error = 100 * np.sqrt(0.95 * 0.05 / replicates)

    def under(value):
        return value < 94

    def over(value):
        return value > 5 + 2 * error

    return f"""# How often the intervals cover, and how often the tests reject

Written by `benchmarks/coverage.py` ({replicates:,} samples per cell, seed {SEED}; standard error of a coverage
of 95 %: {error:.1f} points). Changes: normal (mean 0.5, SD 1), skewed (lognormal, log-SD 1, minus 1), skewed upwards
(without the minus 1) and ordinal (steps from -2 to 2, 35 % unchanged), baseline normal. Numbers are percent; nominal
is 95 for intervals and 5 for tests. Bold: an interval below 94, a test above 5 by more than two standard errors.

## Intervals of the change

{markdown(["95 % interval", *by_shape], coverage_rows(replicates), flag=under)}

The Hodges-Lehmann interval is for the pseudomedian, the median of (X1 + X2)/2. With ordinal changes that value is
itself one of few steps, so intervals that end on it cover it more often than 95 %.

## Tests, changes symmetric about 0

{markdown(["test at 0.05", *by_symmetry], size_rows(replicates), flag=over)}

## One proportion (exact sums over true rates 0.01 to 0.99)

{markdown(["95 % interval", *by_rate], proportion_rows(), flag=under)}

## Paired difference of proportions

{markdown(["95 % interval", *by_scenario], difference_rows(replicates), flag=under)}
"""


def main() -> None:
    """Write the page; with --mixed the sections of the mixed model alone, with --empty the last one alone."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    replicates = numbers[0] if numbers else 10_000
    before = OUT.read_text(encoding="utf-8").split(f"## {EMPTY}")[0]
    if "--empty" not in sys.argv:
        before = before.split(f"## {MIXED}")[0] if "--mixed" in sys.argv else report(replicates)
        before = before.rstrip() + "\n\n" + mixed_section(replicates // 10)
    page = before.rstrip() + "\n\n" + empty_section(replicates // 10)
    OUT.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
