"""Speed and memory of the scores, measured side by side in one run.

    python benchmarks/scoring.py [--visits 10000000] [--pairs 1000000]

DAS28-ESR, CDAI, SDAI and their states of all visits: this package, the bare NumPy expressions (no checks, states from
values rounded to eight decimals), row-wise `apply` (100,000 rows, extrapolated) and, where polars can be imported,
Polars eager and streaming. Then the Total Improvement Score of all pairs. Best of five; seconds and ratios.
"""

import argparse
import math
import platform
import time
import tracemalloc

import numpy as np
import pandas as pd

from analysis import scoring

CUTOFFS = {"das28_esr": (2.6, 3.2, 5.1), "cdai": (2.8, 10.0, 22.0), "sdai": (3.3, 11.0, 26.0)}
APPLY_ROWS = 100_000


def random_visits(n: int) -> pd.DataFrame:
    """Visits with 2 % of each component missing."""
    rng = np.random.default_rng(20_240_101)
    columns = {
        "tjc28": rng.integers(0, 29, n).astype(float),
        "sjc28": rng.integers(0, 29, n).astype(float),
        "esr_mm_h": rng.integers(1, 121, n).astype(float),
        "crp_mg_l": rng.integers(0, 1000, n) / 10,
        "ptga_mm": rng.integers(0, 101, n).astype(float),
        "phga_mm": rng.integers(0, 101, n).astype(float),
    }
    for values in columns.values():
        values[rng.random(n) < 0.02] = np.nan
    return pd.DataFrame(columns, copy=False)


def random_pairs(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Core sets of the same patients at two visits."""
    rng = np.random.default_rng(20_240_102)
    frames = [
        pd.DataFrame(
            {
                **{
                    name: rng.integers(0, 101, n).astype(float)
                    for name in ("phga_mm", "ptga_mm", "extramuscular_mm")
                },
                "mmt8": rng.integers(60, 151, n).astype(float),
                "haq_di": rng.integers(0, 25, n) / 8,
                "enzyme_u_l": rng.integers(20, 6000, n).astype(float),
                "enzyme_uln": 200.0,
            }
        )
        for _ in range(2)
    ]
    names = pd.Series(np.array(["CK", "LDH", "AST"])[rng.integers(0, 3, n)], dtype="string")
    return tuple(frame.assign(enzyme_name=names) for frame in frames)


def ours(visits: pd.DataFrame) -> list:
    """Through the public functions."""
    tjc, sjc, esr, crp, ptga, phga = (visits[c] for c in visits.columns)
    scores = {
        "das28_esr": scoring.das28_esr(tjc, sjc, esr, ptga),
        "cdai": scoring.cdai(tjc, sjc, ptga, phga),
        "sdai": scoring.sdai(tjc, sjc, ptga, phga, crp),
    }
    return [*scores.values(), *(scoring.disease_state(score, name) for name, score in scores.items())]


def bare(visits: pd.DataFrame) -> list:
    """The same expressions on whole arrays, without checks."""
    tjc, sjc, esr, crp, ptga, phga = (visits[c].to_numpy() for c in visits.columns)
    das28 = 0.56 * np.sqrt(tjc) + 0.28 * np.sqrt(sjc) + 0.7 * np.log(np.maximum(esr, 1)) + 0.014 * ptga
    cdai = tjc + sjc + ptga / 10 + phga / 10
    sdai = cdai + crp / 10
    return [das28, cdai, sdai, *map(bare_state, CUTOFFS, (das28, cdai, sdai))]


def bare_state(name: str, score: np.ndarray) -> np.ndarray:
    """Integer codes of the states."""
    low, middle, high = CUTOFFS[name]
    rounded = np.round(score, 8)
    first = rounded >= low if name == "das28_esr" else rounded > low
    codes = first.astype(np.int8) + (rounded > middle) + (rounded > high)
    codes[np.isnan(score)] = -1
    return codes


def row_wise(visits: pd.DataFrame) -> pd.DataFrame:
    """One Python call per row, as found in many analysis scripts."""

    def score(row):
        das28 = 0.56 * math.sqrt(row.tjc28) + 0.28 * math.sqrt(row.sjc28) + 0.7 * math.log(row.esr_mm_h)
        das28 += 0.014 * row.ptga_mm
        cdai = row.tjc28 + row.sjc28 + row.ptga_mm / 10 + row.phga_mm / 10
        values = {"das28_esr": das28, "cdai": cdai, "sdai": cdai + row.crp_mg_l / 10}
        return pd.Series(values | {f"{k}_state": one_state(k, v) for k, v in values.items()})

    return visits.apply(score, axis="columns")


def one_state(name: str, score: float) -> str | None:
    """The state of one score."""
    low, middle, high = CUTOFFS[name]
    if math.isnan(score):
        return None
    if score < low or (name != "das28_esr" and score == low):
        return "remission"
    return "low" if score <= middle else "moderate" if score <= high else "high"


def polars_plan(pl, visits):
    """The same in Polars, lazily."""
    tjc, sjc, ptga = pl.col("tjc28"), pl.col("sjc28"), pl.col("ptga_mm")
    das28 = 0.56 * tjc.sqrt() + 0.28 * sjc.sqrt() + 0.7 * pl.col("esr_mm_h").clip(1).log() + 0.014 * ptga
    scored = visits.lazy().select(
        das28_esr=das28, cdai=tjc + sjc + ptga / 10 + pl.col("phga_mm") / 10, crp=pl.col("crp_mg_l")
    )
    scored = scored.select("das28_esr", "cdai", sdai=pl.col("cdai") + pl.col("crp") / 10)
    return scored.with_columns(**{f"{name}_state": polars_state(pl, name) for name in CUTOFFS})


def polars_state(pl, name):
    """The state as an integer code."""
    low, middle, high = CUTOFFS[name]
    rounded = pl.col(name).round(8)
    first = rounded >= low if name == "das28_esr" else rounded > low
    codes = first.cast(pl.Int8) + (rounded > middle).cast(pl.Int8) + (rounded > high).cast(pl.Int8)
    return pl.when(pl.col(name).is_null()).then(None).otherwise(codes)


def best(call, repeats: int = 5) -> float:
    """Shortest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - start)
        del result
    return min(times)


def peak_over(call, size: int) -> float:
    """Highest memory allocated during a call, results included, as a multiple of `size`."""
    tracemalloc.start()
    result = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del result
    return peak / size


def measure(n_visits: int, n_pairs: int) -> pd.DataFrame:
    """Seconds of every variant, and how it compares with this package."""
    visits = random_visits(n_visits)
    seconds = {"analysis.scoring": best(lambda: ours(visits)), "bare NumPy": best(lambda: bare(visits))}
    few = visits.dropna().head(APPLY_ROWS)
    seconds["row-wise apply (extrapolated)"] = best(lambda: row_wise(few), repeats=1) * n_visits / len(few)
    seconds |= polars_seconds(visits)
    table = pd.DataFrame({"seconds": seconds})
    table["ours takes, of it"] = seconds["analysis.scoring"] / table["seconds"]
    size = visits.memory_usage(index=False).sum()
    print(
        f"{n_visits:,} visits, DAS28-ESR, CDAI, SDAI and states; {platform.processor() or platform.machine()}"
    )
    print(table.round(4).to_string())
    print(f"memory allocated, results included: {peak_over(lambda: ours(visits), size):.2f} of the input")
    pairs = random_pairs(n_pairs)
    tis = best(lambda: scoring.total_improvement_score(*pairs), repeats=3)
    print(f"Total Improvement Score of {n_pairs:,} pairs: {tis:.2f} s")
    return table


def polars_seconds(visits: pd.DataFrame) -> dict[str, float]:
    """Polars eager and streaming, if it is installed."""
    try:
        import polars as pl
    except ModuleNotFoundError:
        return {}
    frame = pl.DataFrame({c: visits[c].to_numpy() for c in visits.columns}, nan_to_null=True)
    plan = polars_plan(pl, frame)
    engines = {"Polars eager": "in-memory", "Polars streaming": "streaming"}
    return {name: best(lambda engine=engine: plan.collect(engine=engine)) for name, engine in engines.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visits", type=int, default=10_000_000)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    given = parser.parse_args()
    measure(given.visits, given.pairs)
