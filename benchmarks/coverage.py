"""Size of the tests and coverage of the intervals, by simulation and exact summation; writes docs/coverage.md.

    python benchmarks/coverage.py [replicates]

Changes are normal, skewed (lognormal, two ways) or ordinal (five steps), at 20 and 200 pairs. True values come from the
distributions, or from ten million draws where there is no formula. Proportions are summed exactly over all outcomes.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis import paired, proportions

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
    """Print the page and write it."""
    page = report(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
