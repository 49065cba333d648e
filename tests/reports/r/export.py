"""The published datasets that `final.R` reads, as CSV, with a digest of what it reads of them."""

import hashlib
import json
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MEASURES = ["subject_id", "visit_id", "variable", "value"]
NEEDED = {
    "ra_cohort": {
        "measures": MEASURES,
        "populations": ["subject_id", "COHORT"],
        "subjects": ["subject_id", "age", "sex", "disease_duration_years", "discontinuation_reason"],
        "labs": ["subject_id", "visit_id", "window_status", "analyte", "value_std", "censor", "lod"],
    },
    "dm_abatacept": {
        "measures": MEASURES,
        "populations": ["subject_id", "FAS"],
        "responses": ["subject_id", "visit_id", "endpoint", "value"],
    },
}


def tables(study: str) -> dict[str, pd.DataFrame]:
    """What R reads of a study: no column more, so that it cannot read what the digest does not know."""
    folder = ROOT / "build" / study / "final" / "data"
    return {name: pd.read_parquet(folder / f"{name}.parquet")[kept] for name, kept in NEEDED[study].items()}


def digest(study: str) -> str:
    """Of the rows that R reads, numbers to nine digits: two machines may differ in the last ones."""
    seen = hashlib.sha256()
    for table in tables(study).values():
        seen.update(table.to_csv(index=False, float_format="%.9g").encode())
    return seen.hexdigest()


def main() -> None:
    """Write the tables to `data/`, which is not kept."""
    for study in NEEDED:
        target = HERE / "data" / study
        target.mkdir(parents=True, exist_ok=True)
        for name, table in tables(study).items():
            table.to_csv(target / f"{name}.csv", index=False)
    digests = {study: digest(study) for study in NEEDED}
    (HERE / "data" / "digests.json").write_text(json.dumps(digests), encoding="utf-8")


if __name__ == "__main__":
    main()
