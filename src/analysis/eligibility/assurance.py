"""Patients with known answers: run through the same engine, and listed in the report's appendix.

A file of cases holds a protocol (or the name of a definition), drawn tables, and a drawn table of what is expected.
It is parsed elsewhere; here it is a mapping::

    title: csDMARD for at least one year
    eligibility: {index_date: consent_date, criteria: [...]}
    tables:
      subjects: |
        subject_id | consent_date
        two drugs  | 2024-02-01
      treatments: |
        subject_id | drug         | start_date | stop_date
        two drugs  | methotrexate | 2023-01-01 | 2023-08-31
    expect: |
      subject_id | reason                  | I3   | I3.days_min
      two drugs  | overlap is counted once | True | 396

A column of ``expect`` is a criterion (its flag), ``criterion.value`` (one of the values or marks of its finding),
``status`` or another column of the assessment's subjects; with ``definition: d2t`` instead of ``eligibility``, a
column of that definition's table.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from analysis import drugs
from analysis.eligibility.d2t import d2t, d2t_stratafit
from analysis.eligibility.engine import assess
from analysis.eligibility.findings import NOT_KNOWN, in_words
from analysis.eligibility.tables import prepare


def coded_names(tables: Mapping) -> pd.DataFrame:
    """Code the drug names in the column ``name`` of the subjects, each standing for one patient."""
    return drugs.match(tables["subjects"].set_index("subject_id")["name"])


DEFINITIONS: Mapping[str, Callable] = {"d2t": d2t, "d2t_stratafit": d2t_stratafit, "drugs": coded_names}


def check(cases: Mapping, *, protocol: Mapping | None = None) -> pd.DataFrame:
    """Run one file of cases.

    Parameters
    ----------
    cases : mapping
        See the module. ``eligibility: study`` takes the criteria from `protocol`, so that a study's own file is
        what is tested.
    protocol : mapping, optional
        The eligibility section of a study file.

    Returns
    -------
    DataFrame
        One row an expectation: ``case`` (subject id), ``reason``, ``item``, ``expected``, ``got`` (both in words),
        ``agrees``.

    Raises
    ------
    ValueError
        A case without an expectation, or an expectation that names nothing.
    """
    tables = {name: draw(text) for name, text in cases["tables"].items()}
    expected = draw(cases["expect"], everything_text=True).set_index("subject_id")
    lacking = set(tables["subjects"]["subject_id"]) ^ set(expected.index)
    if lacking:
        raise ValueError(
            f"{len(lacking)} subjects are not both in 'subjects' and in 'expect': {sorted(lacking)[:3]}"
        )
    got = _outcome(cases, tables, protocol)
    items = [name for name in expected.columns if name != "reason"]
    strange = [name for name in items if name not in got]
    if strange:
        raise ValueError(
            f"'expect' names {strange}, which the run does not give; there are {list(got.columns)}"
        )
    parts = [_compared(expected, got, item) for item in items]
    return (
        pd.concat(parts, ignore_index=True)
        .sort_values("order", kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )


def draw(text: str, *, everything_text: bool = False) -> pd.DataFrame:
    r"""Read a table drawn with ``|``: numbers, True and False become such, dates (``..._date``) stay text, blanks
    are missing.

    Examples
    --------
    >>> draw("subject_id | n | ok\na | 3 | True\nb |  | ").to_dict("list")
    {'subject_id': ['a', 'b'], 'n': [3.0, nan], 'ok': [True, None]}
    """
    lines = [
        line
        for line in text.strip("\n").splitlines()
        if line.strip() and not set(line.strip()) <= set("-+| ")
    ]
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    uneven = [row[0] for row in rows if len(row) != len(head)]
    if uneven:
        raise ValueError(f"rows {uneven[:3]} have not as many cells as the head ({len(head)})")
    drawn = pd.DataFrame(rows, columns=head, dtype="str").replace("", None)
    return drawn if everything_text else drawn.apply(_typed)


def _typed(cells):
    """Give a column its type by what its cells hold."""
    given = cells.dropna()
    if cells.name in ("subject_id", "visit_id") or given.empty:
        return cells
    if given.isin(["True", "False"]).all():
        return cells.map({"True": True, "False": False}).astype("boolean")
    if given.str.fullmatch(r"-?\d+(\.\d+)?").all() and not cells.name.endswith("_date"):
        return cells.astype(float)
    return cells


def _outcome(cases, tables, protocol):
    """Run the engine or a definition, and give everything an expectation may name, by subject."""
    if "definition" in cases:
        return _of_definition(cases, tables)
    section = protocol if cases["eligibility"] == "study" else cases["eligibility"]
    if "criteria" in cases:
        section = section | {
            "criteria": [given for given in section["criteria"] if given["id"] in cases["criteria"]]
        }
        section = {name: value for name, value in section.items() if name != "discrepancies"}
    found = assess(tables, section)
    values = {
        f"{name}.{column}": finding.basis[column]
        for name, finding in found.findings.items()
        for column in finding.basis
    }
    evidence = {
        f"{name}.evidence": finding.words(found.flags.index) for name, finding in found.findings.items()
    }
    return pd.concat([found.flags, found.subjects, found.marks, pd.DataFrame(values | evidence)], axis=1)


def _of_definition(cases, tables):
    """Run a definition as it is and under each variant of the file; tell which variants change the result."""
    definition = DEFINITIONS[cases["definition"]]
    tables = tables if definition is coded_names else prepare(tables)
    table = definition(tables, **({"settings": cases["settings"]} if "settings" in cases else {}))
    variants = {
        name: definition(tables, settings=choice)["result"]
        for name, choice in cases.get("variants", {}).items()
    }
    changed = [
        "; ".join(
            f"{name}: {result[who]}"
            for name, result in variants.items()
            if result[who] != table["result"][who]
        )
        for who in table.index
    ]
    return table.assign(variant=changed)


def _compared(expected, got, item):
    """Compare one item over all cases, in words."""
    wanted = expected[item].dropna()
    words = in_words(got[item].reindex(wanted.index).astype("object"))
    said = wanted.map({"True": "yes", "False": "no", "NA": NOT_KNOWN}).fillna(wanted)
    return pd.DataFrame(
        {
            "case": wanted.index,
            "reason": expected.loc[wanted.index, "reason"].to_numpy(),
            "item": item,
            "expected": said.to_numpy(),
            "got": words.to_numpy(),
            "agrees": (said == words).to_numpy(),
            "order": expected.index.get_indexer(wanted.index),
        }
    )
