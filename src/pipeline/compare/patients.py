"""Which patients came, left or changed between two runs; from the datasets that the runs keep, for local eyes only."""

from dataclasses import dataclass
from pathlib import Path

from analysis.language import tr

TABLES = ("subjects", "visits", "treatments", "adverse_events", "labs")


@dataclass(frozen=True, slots=True)
class Patients:
    """Ids of patients, and for those who changed the tables in which they did."""

    came: tuple[str, ...]
    left: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]

    @property
    def counted(self) -> str:
        """How many, in words; no id."""
        return tr(
            "{came} came, {left} left, {changed} changed",
            came=len(self.came),
            left=len(self.left),
            changed=len(self.changed),
        )


def patients(before: Path, after: Path) -> Patients | None:
    """Compare the datasets of two runs; None where one of them keeps none.

    Parameters
    ----------
    before, after : Path
        Folders with the datasets as Parquet files.
    """
    from pipeline.kernels import call

    if not all((folder / "subjects.parquet").is_file() for folder in (before, after)):
        return None
    seen = [call("pipeline.compare.patients:rows_of", folder=folder.as_posix()) for folder in (before, after)]
    ids = [{subject for table in side.values() for subject in table} for side in seen]
    changed: dict[str, list[str]] = {}
    for name in TABLES:
        for subject in ids[0] & ids[1]:
            if seen[0][name].get(subject) != seen[1][name].get(subject):
                changed.setdefault(subject, []).append(name)
    return Patients(
        came=tuple(sorted(ids[1] - ids[0])),
        left=tuple(sorted(ids[0] - ids[1])),
        changed={subject: tuple(tables) for subject, tables in sorted(changed.items())},
    )


def rows_of(*, folder: str) -> dict[str, dict[str, int]]:
    """Per table and patient, one number that stands for all rows; where rows lie in their file is no part of it."""
    import pandas as pd

    found = {}
    for name in TABLES:
        file = Path(folder) / f"{name}.parquet"
        frame = pd.read_parquet(file) if file.is_file() else pd.DataFrame()
        if "subject_id" not in frame or not len(frame):
            found[name] = {}
            continue
        content = frame.drop(columns=[column for column in frame if column in ("source_row", "source")])
        lines = pd.util.hash_pandas_object(content.astype(str), index=False)
        found[name] = lines.groupby(frame["subject_id"].to_numpy()).sum().to_dict()
    return found
