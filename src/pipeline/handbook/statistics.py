"""Every function for one's own notebooks with what it gives and its sources, read off the docstrings."""

import importlib
import inspect
from pathlib import Path
from typing import Any

from pipeline.handbook import docstrings
from pipeline.handbook.markdown import code, plain, table

MODULES = (
    *(
        "paired",
        "proportions",
        "rates",
        "groups",
        "categories",
        "survival",
        "longitudinal",
        "mmrm",
        "missing",
    ),
    *(
        "multiplicity",
        "weighting",
        "prediction",
        "firth",
        "phenotypes",
        "design",
        "exposure",
        "safety",
        "results",
        "result_ids",
    ),
)


def functions(root: Path) -> str:
    """A table for each module of statistics."""
    return "\n".join(_module(name) for name in MODULES)


def score_functions(root: Path) -> str:
    """The table of the functions that compute scores, classes and responses."""
    return _module("scoring")


def public(module: Any) -> dict:
    """The functions a module offers."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    offered = {name: getattr(module, name) for name in names}
    return {
        name: entry
        for name, entry in offered.items()
        if inspect.isfunction(entry) and entry.__module__.startswith(module.__name__)
    }


def _module(name: str) -> str:
    module = importlib.import_module(f"analysis.{name}")
    rows = [
        (code(key), plain(docstrings.summary(entry)), plain(docstrings.references(entry)))
        for key, entry in sorted(public(module).items())
    ]
    made = table(
        ("Function", "What it gives", "Source"),
        rows,
        caption=f"Functions of `analysis.{name}`",
        label=f"functions-{name}",
        widths=(24, 38, 38),
    )
    return f"## `analysis.{name}`\n\n{plain(docstrings.summary(module))}\n\n{made}"
