"""A small study and tables drawn as text, for the tests of datasets, summaries and tables."""

import io

import pandas as pd

from analysis.study import Study, as_study

VISITS = [
    {"id": "W00", "label": "Baseline", "week": 0},
    {"id": "W12", "label": "Week 12", "week": 12},
    {"id": "W24", "label": "Week 24", "week": 24},
]
CDAI = {
    "id": "cdai",
    "variable": "cdai",
    "label": "CDAI",
    "role": "primary",
    "higher_is_better": False,
    "visits": ["W12", "W24"],
    "resolution": 0.1,
}
ARMS = {
    "variable": "arm",
    "label": "Arm",
    "order": ["old", "new"],
    "labels": {"old": "Old drug", "new": "New drug"},
}


def small_study(**changes) -> Study:
    """A study with three visits and one endpoint; `changes` replace sections of its file."""
    sections = {
        "id": "small",
        "title": "A small study",
        "short_title": "Small",
        "institution": "Nowhere",
        "design": "cohort",
        "planned_n": 4,
        "synthetic": True,
        "visit_by": "label",
        "visits": VISITS,
        "baseline_visit": "W00",
        "sources": [{"id": "people", "type": "csv", "path": "people.csv"}],
        "tables": {"subjects": [{"from": "people", "columns": {"subject_id": "id"}}]},
        "populations": {"ALL": {"label": "Everybody", "rule": "enrolled"}},
        "primary_population": "ALL",
        "endpoints": [CDAI],
    }
    return as_study({**sections, **changes})


def drawn(text: str, **dtypes: str) -> pd.DataFrame:
    """A table drawn with blanks between the columns; ``.`` is missing, and what follows # is the reason of a row."""
    lines = [line.split("#")[0].strip() for line in text.strip().splitlines()]
    frame = pd.read_csv(io.StringIO("\n".join(filter(None, lines))), sep=r"\s+", na_values=["."])
    for name in frame.columns:
        if name.endswith("_date"):
            frame[name] = pd.to_datetime(frame[name])
        elif set(frame[name].dropna()) <= {True, False} and name not in dtypes and frame[name].dtype != float:
            frame[name] = frame[name].astype("boolean") if frame[name].dtype != "int64" else frame[name]
    return frame.astype(dtypes)


def rows(frame: pd.DataFrame, *names: str) -> list[list]:
    """These columns of a frame as plain rows, missing as None."""
    chosen = frame[list(names)].astype(object)
    return chosen.where(chosen.notna(), None).to_numpy().tolist()


def long(text: str, variable: str = "cdai") -> pd.DataFrame:
    """Measures from a table of subjects by visits."""
    wide = drawn(text)
    measures = wide.melt(id_vars="subject_id", var_name="visit_id", value_name="value")
    return measures.assign(variable=variable, value=measures["value"].astype(float))
