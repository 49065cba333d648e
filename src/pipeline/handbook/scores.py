"""Scores, published differences, rules of eligibility and of the query log, read off their registries."""

import dataclasses
import inspect
from pathlib import Path

from pipeline.handbook import docstrings
from pipeline.handbook.markdown import code, plain, table


def instruments(root: Path) -> str:
    """Every score: what it needs, its range, what happens to missing items, its source and how sure it is."""
    from analysis import scoring

    rows = [
        (
            plain(_named(row)),
            plain(", ".join(filter(None, [row["needs"], row["uses"]])).replace(", ", "; ")),
            plain(_range(row)),
            plain("; ".join(filter(None, [row["missing_rule"], row["conventions"]]))),
            plain(f"{row['citation']} ({row['certainty']})"),
        )
        for row in scoring.instrument_table().to_dict("records")
    ]
    head = ("Score", "Needs (optional last)", "Range", "Missing items and conventions", "Source (certainty)")
    return table(head, rows, caption="Scores", label="scores", widths=(18, 22, 12, 26, 22))


def _named(row: dict) -> str:
    """The score with its version, where the title does not say it already."""
    version = row["version"]
    return f"{row['title']}, {version}" if version and version not in row["title"] else row["title"]


def _range(row: dict) -> str:
    """Lowest to highest value with its unit, at the score's own decimals."""
    ends = [f"{row[end]:.{row['decimals']}f}" for end in ("low", "high") if row[end] == row[end]]
    direction = "higher is better" if row["higher_is_better"] else "lower is better"
    return f"{' to '.join(ends)} {row['unit']}; {direction}".replace(" ;", ";")


def important_differences(root: Path) -> str:
    """Published thresholds of improvement."""
    from analysis import scoring

    rows = [
        (
            *(plain(row["measure"]), plain(row["kind"])),
            f"{row['threshold']:g} {plain(row['unit'])}".strip(),
            *(plain(row["source"]), plain(row["certainty"])),
        )
        for row in scoring.important_differences().to_dict("records")
    ]
    head = ("Measure", "Kind", "Improvement of at least", "Source", "Certainty")
    caption = "Minimal clinically important differences"
    return table(head, rows, caption=caption, label="differences", widths=(20, 14, 16, 34, 16))


def criteria(root: Path) -> str:
    """The rules an eligibility.yml may name, each with its settings."""
    from analysis import eligibility

    rows = []
    for name, rule in eligibility.RULES.items():
        settings = [p for p in inspect.signature(rule).parameters.values() if p.kind is p.KEYWORD_ONLY]
        shown = [code(p.name if p.default is p.empty else f"{p.name}: {_value(p.default)}") for p in settings]
        rows.append((code(name), plain(docstrings.summary(rule)), ", ".join(shown)))
    head = ("Rule", "What it judges", "Settings (with what holds when left out)")
    return table(head, rows, caption="Rules of eligibility", label="criteria", widths=(20, 34, 46))


def d2t_settings(root: Path) -> str:
    """Every choice of the difficult-to-treat definition."""
    from analysis.eligibility import D2TSettings

    told = docstrings.named(docstrings.sections(D2TSettings)["Attributes"])
    rows = [
        (code(field.name), code(_value(_default(field))), plain(told.get(field.name, "")))
        for field in dataclasses.fields(D2TSettings)
    ]
    head = ("Setting", "When left out", "Meaning")
    caption = "Settings of the difficult-to-treat definition"
    return table(head, rows, caption=caption, label="d2t", widths=(26, 30, 44))


def _default(field):
    """The default of a dataclass field; the empty word where there is none."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return "" if field.default is dataclasses.MISSING else field.default


def _value(value) -> str:
    """A default as a study file would show it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(str, value))}]"
    if hasattr(value, "items"):
        return "{" + ", ".join(f"{key}: {entry}" for key, entry in value.items()) + "}"
    return str(value)


def query_rules(root: Path) -> str:
    """What the query log's rules mean."""
    from analysis.read.rules import RULES

    rows = [(name, rule.severity, rule.status, plain(rule.meaning)) for name, rule in RULES.items()]
    head = ("Rule", "Severity", "What was done", "Meaning")
    return table(head, rows, caption="Rules of the query log", label="queries", widths=(10, 14, 16, 60))
