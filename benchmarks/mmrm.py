"""Time of an unstructured MMRM with Kenward-Roger: 200 subjects by 4 and 6 visits, 2,000 by 8, 15 % of values missing.

    python benchmarks/mmrm.py

Prints the structure reached and the median time (of this process alone) of fits with and without two groups and a
covariate by visit, seven of the small ones and one of the large one.
"""

import time

import numpy as np
import pandas as pd

from analysis import mmrm


def cohort(n_subjects=200, n_visits=6, *, seed=20260101):
    """Long frame of correlated values falling over visits, with values missing at random."""
    rng = np.random.default_rng(seed)
    lags = np.abs(np.subtract.outer(np.arange(n_visits), np.arange(n_visits)))
    factor = np.linalg.cholesky(
        0.7**lags * np.outer(1 + 0.1 * np.arange(n_visits), 1 + 0.1 * np.arange(n_visits))
    )
    values = 5.5 - 0.4 * np.arange(n_visits) + rng.normal(size=(n_subjects, n_visits)) @ factor.T
    values[:, 1:] = np.where(rng.random((n_subjects, n_visits - 1)) < 0.15, np.nan, values[:, 1:])
    wide = pd.DataFrame(values, columns=[f"v{v}" for v in range(n_visits)])
    wide = wide.assign(subject_id=range(n_subjects), age=rng.normal(55, 10, n_subjects).round())
    wide = wide.assign(arm=np.where(wide["subject_id"] % 2, "b", "a"))
    return wide.melt(["subject_id", "age", "arm"], var_name="visit_id", value_name="das28")


def seconds(run, repeats=7):
    """Median time of a call."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return float(np.median(times))


def main():
    """Fit and print."""
    models = {"visit": {}, "visit * arm + age * visit": {"group": "arm", "covariates_by_visit": ["age"]}}
    for n_subjects, n_visits, repeats in ((200, 4, 7), (200, 6, 7), (2000, 8, 1)):
        long, visits = cohort(n_subjects, n_visits), [f"v{v}" for v in range(n_visits)]
        for name, options in models.items():
            given = {"response": "das28", "visits": visits, **options}
            model = mmrm.fit(long, **given)
            spent = seconds(lambda long=long, given=given: mmrm.fit(long, **given), repeats)
            table = seconds(
                lambda model=model: mmrm.change_from_baseline(model, confidence_level=0.95), repeats
            )
            print(
                f"{n_subjects} x {n_visits}, {name}: {model.structure}, {model.n_observed} values, "
                f"fit {spent:.3f} s, changes {table:.3f} s"
            )


if __name__ == "__main__":
    main()
