"""The published datasets that `final.R` reads, as CSV, with a digest of what they hold."""

import hashlib
import json
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NEEDED = {
    "ra_cohort": ("measures", "populations", "subjects", "labs"),
    "dm_abatacept": ("measures", "populations"),
}


def digest(study: str) -> str:
    """Of the rows of the datasets that R read, whatever else they hold."""
    folder = ROOT / "build" / study / "final" / "data"
    seen = hashlib.sha256()
    for name in NEEDED[study]:
        table = pd.read_parquet(folder / f"{name}.parquet")
        seen.update(table.to_csv(index=False).encode())
    return seen.hexdigest()


def main() -> None:
    """Write the tables to `data/`, which is not kept."""
    for study, names in NEEDED.items():
        target = HERE / "data" / study
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            table = pd.read_parquet(ROOT / "build" / study / "final" / "data" / f"{name}.parquet")
            table.to_csv(target / f"{name}.csv", index=False)
    digests = {study: digest(study) for study in NEEDED}
    (HERE / "data" / "digests.json").write_text(json.dumps(digests), encoding="utf-8")


if __name__ == "__main__":
    main()
