"""Speed of the paired analysis: many endpoints at once against pingouin and SciPy called one by one, in the same run.

    python benchmarks/paired.py

Both sides compute for every endpoint: t test with interval, signed-rank test, Hodges-Lehmann estimate with interval,
effect sizes with intervals. What SciPy and pingouin lack is written plainly here (Walsh averages by NumPy, noncentral t
by SciPy's root finder). The p value of the other side is the one that SciPy has of the same test: exact where nothing
ties, and with ties or zeros its permutation test of 9,999 random signs, as it has no exact test for 200 tied pairs. Two
more lines say what SciPy's quicker numbers would cost, which are not the same: its exact distribution of untied ranks,
which is wrong where there are ties, and its normal approximation.
"""

import time
import tracemalloc
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pingouin
from scipy import optimize, stats

from analysis import paired

ENDPOINTS, PAIRS = 200, 200


def visits(kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two visits of 200 endpoints: continuous values, scores in whole steps, or a study's mixture of both."""
    random = np.random.default_rng(20260101)
    before = random.normal(50, 10, (PAIRS, ENDPOINTS))
    after = 0.6 * before + random.normal(19, 8, before.shape)
    whole = {"continuous": 0, "mixed": ENDPOINTS // 4, "tied": ENDPOINTS}[kind]
    before[:, :whole], after[:, :whole] = before[:, :whole].round(), after[:, :whole].round()
    ids = [f"P{row:03d}" for row in range(PAIRS)]
    return pd.DataFrame(before, index=ids), pd.DataFrame(after, index=ids)


def exact(change: np.ndarray) -> float:
    """SciPy's exact p value; under ties it is that of untied ranks, and wrong."""
    return stats.wilcoxon(change, method="exact").pvalue


def permuted(change: np.ndarray) -> float:
    """SciPy's p value from random signs."""
    return stats.wilcoxon(change[change != 0], method=stats.PermutationMethod(n_resamples=9_999)).pvalue


def approximate(change: np.ndarray) -> float:
    """SciPy's normal approximation."""
    return stats.wilcoxon(change, method="asymptotic", zero_method="pratt").pvalue


def same_test(change: np.ndarray) -> float:
    """SciPy's nearest to the exact conditional p value: exact without ties and zeros, else from random signs."""
    untied = len(np.unique(np.abs(change))) == len(change) and (change != 0).all()
    return exact(change) if untied else permuted(change)


SIGNED_RANK = {
    "exact, permutation where tied": same_test,
    "exact distribution of untied ranks (wrong)": exact,
    "normal approximation (another number)": approximate,
}


def one_by_one(before: pd.Series, after: pd.Series, signed_rank: Callable) -> dict:
    """The numbers of one endpoint from pingouin and SciPy."""
    change = (after - before).round(10).to_numpy()
    t = pingouin.ttest(after, before, paired=True).iloc[0]
    low, middle, high = walsh_interval(change)
    d_av = pingouin.compute_effsize(after, before, paired=True, eftype="cohen")
    limits = noncentral_limits(t["T"], len(change))
    return {
        "t": t["T"],
        "p": signed_rank(change),
        "hl": middle,
        "hl_low": low,
        "hl_high": high,
        "d_z": t["T"] / np.sqrt(len(change)),
        "d_z_low": limits[0],
        "d_z_high": limits[1],
        "d_av": d_av,
        "d_av_limits": pingouin.compute_esci(d_av, nx=len(change), ny=len(change), paired=True),
        "g_av": pingouin.compute_effsize(after, before, paired=True, eftype="hedges"),
        "rank_biserial": pingouin.wilcoxon(after, before)["RBC"].iloc[0],
        "improved": stats.binomtest(int((change < 0).sum()), int((change != 0).sum())).proportion_ci(
            method="wilson"
        ),
    }


def walsh_interval(change: np.ndarray) -> tuple[float, float, float]:
    """Hodges-Lehmann estimate and interval, normal order of the limits."""
    n = len(change)
    i, j = np.triu_indices(n)
    walsh = np.sort((change[i] + change[j]) / 2)
    order = round(n * (n + 1) / 4 - stats.norm.ppf(0.975) * np.sqrt(n * (n + 1) * (2 * n + 1) / 24))
    return walsh[order - 1], np.median(walsh), walsh[-order]


def noncentral_limits(t: float, n: int) -> list[float]:
    """Interval of d_z by SciPy's noncentral t and root finder."""
    size = abs(t)
    roots = [
        optimize.brentq(lambda nc, p=p: stats.nct.cdf(size, n - 1, nc) - p, size - 8, size + 8)
        for p in (0.975, 0.025)
    ]
    return sorted(np.sign(t) * np.array(roots) / np.sqrt(n))


def best_of(runs: int, call) -> float:
    """Shortest of several runs, in seconds of the process (a busy machine counts for neither side)."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def compare_endpoints(kind: str, way: str) -> str:
    """One row of the table: both ways on the same data, after checking that the shared numbers agree."""
    before, after = visits(kind)
    slow_test = way.startswith("exact, permutation") and kind != "continuous"
    part = list(before)[::20] if slow_test else list(before)  # a twentieth, times twenty

    def ours():
        return paired.analyse_endpoints(before, after, higher_is_better=False, zeros="pratt")

    def theirs():
        rows = {name: one_by_one(before[name], after[name], SIGNED_RANK[way]) for name in part}
        return pd.DataFrame(rows).T

    table, other = ours().loc[part], theirs()
    shared = {"t": "t", "hl": "hl", "d_z": "d_z", "d_z_conf_low": "d_z_low", "rank_biserial": "rank_biserial"}
    if not np.allclose(table[list(shared)].astype(float), other[list(shared.values())].astype(float)):
        raise SystemExit("the two sides do not give the same numbers")
    fast, slow = best_of(7, ours), best_of(2, theirs) * ENDPOINTS / len(part)
    return f"| {kind} | {way} | {fast:.3f} | {slow:.2f} | {slow / fast:.0f} |"


def measure_large() -> str:
    """Hodges-Lehmann with interval at 50,000 pairs: seconds and memory."""
    random = np.random.default_rng(1)
    before, after = pd.Series(np.zeros(50_000)), pd.Series(random.normal(0.1, 1, 50_000))
    seconds = best_of(3, lambda: paired.hodges_lehmann(before, after))
    tracemalloc.start()
    paired.hodges_lehmann(before, after)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return f"Hodges-Lehmann with interval, 50,000 pairs: {seconds:.2f} s, peak memory {peak:.0f} MB."


def main() -> None:
    """Print the figures as Markdown."""
    warnings.simplefilter("ignore")
    print(f"{ENDPOINTS} endpoints of {PAIRS} pairs, complete paired analysis\n")
    print(
        "| changes | SciPy's signed-rank p | at once (s) | one by one (s) | times faster |\n|---|---|---|---|---|"
    )
    for kind in ("continuous", "mixed", "tied"):
        print(compare_endpoints(kind, "exact, permutation where tied"), flush=True)
    for way in list(SIGNED_RANK)[1:]:
        print(compare_endpoints("tied", way), flush=True)
    print()
    print(measure_large())


if __name__ == "__main__":
    main()
