"""A rendered page: no hole, nothing fetched, nothing of the machine it was made on."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path

from pipeline.render.checks.outline import outline
from pipeline.render.errors import Problem
from pipeline.render.page import strange_scripts

LARGEST = 5_000_000
HOLES = {
    r"\?@[\w-]+": "reference that leads nowhere",
    r"\?(?:var|meta|env):[\w.-]*": "value that does not exist",
    r"\{\{&lt;.*?&gt;\}\}|\{\{<.*?>\}\}": "shortcode left as it is",
    r"<strong>[\w:.-]+\?</strong>": "citation that is not in the bibliography",
}
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\s(?:src|data)\s*=\s*["']?(?!data:|\#)([^"'\s>]+)"""
    r"""|<link\b[^>]*?\shref\s*=\s*["']?(?!data:)([^"'\s>]+)"""
    r"""|url\(\s*["']?(?!data:|\#)([^"')\s]+)|@import\s+["']([^"']+)""",
    re.IGNORECASE,
)
PATHS = re.compile(
    r"""(?:file://|/(?:home|Users|root|tmp|private|var/folders|mnt|srv)/|[A-Z]:\\(?:Users|Temp))[^\s"'<>]*"""
)
ANCHOR = re.compile(r'\bid="([^"<>]+)"')
CAPTION = re.compile(r"-caption-[0-9a-f-]{36}$|^cell-(?=tbl-|fig-)")  # what Quarto adds to a label
DATA = re.compile(r"data:[\w/+.;-]+;base64,[A-Za-z0-9+/=]+")
SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>", re.DOTALL)


def check_page(html: str, name: str = "index.html", *, largest: int = LARGEST) -> list[Problem]:
    """Faults of a finished HTML page.

    Parameters
    ----------
    html : str
        The page.
    name : str
        How to call it in messages.
    largest : int
        Largest size in bytes.
    """
    text = SCRIPT.sub(_keep_source, DATA.sub("data:,", html))
    faults = _text_faults(text)
    faults += [f"holds a script that is not the project's own: {start!r}" for start in strange_scripts(html)]
    faults += [f"fetches {next(filter(None, match.groups()))!r}" for match in FETCHED.finditer(text)]
    faults += [f"id {value!r} is given {count} times" for value, count in _ids(text).items() if count > 1]
    size = len(html.encode("utf-8"))
    if size > largest:
        faults.append(f"is {size / 1e6:.1f} MB, more than {largest / 1e6:.1f} MB; save figures at 150 dpi")
    faults += _reading_faults(html)
    return [Problem(name, 0, fault) for fault in faults]


def check_document(file: Path) -> list[Problem]:
    """Faults of a finished Word document: holes, and paths of the machine it was made on."""
    with zipfile.ZipFile(file) as archive:
        parts = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml")]
    return [Problem(file.name, 0, fault) for fault in _text_faults("\n".join(parts))]


def _text_faults(text: str) -> list[str]:
    faults = [f"{what}: {found!r}" for pattern, what in HOLES.items() for found in _unique(pattern, text)]
    return faults + [f"names a path of this machine: {found}" for found in _paths(text)]


def _paths(text: str) -> list[str]:
    """Each path once, with the table, figure or section it stands in, and the text around it."""
    found = {}
    for match in PATHS.finditer(text):
        ids = [name for name in ANCHOR.findall(text[: match.start()]) if not name.startswith("cb")]
        place = f" in #{CAPTION.sub('', ids[-1])}" if ids else ""
        cell = " ".join(re.split(r"<[^<>]*>", text[max(0, match.start() - 200) : match.start()])[-1].split())
        found.setdefault(match[0], f"{match[0]!r}{place}{f', after {cell[-40:]!r}' if cell else ''}")
    return list(found.values())


def _keep_source(match: re.Match) -> str:
    """A script tag without its program, in which anything may be written."""
    return match[0].split(">", 1)[0] + "></script>"


def _unique(pattern: str, text: str) -> list[str]:
    return list(dict.fromkeys(match[0] for match in re.finditer(pattern, text)))


def _ids(text: str) -> Counter:
    return Counter(re.findall(r'<[a-zA-Z][^<>]*?\sid="([^"]+)"', text))


def _reading_faults(html: str) -> list[str]:
    """Pictures without words, tables without caption, headings that jump."""
    found = outline(html)
    faults = [
        f"picture {place} has no alternative text" for place, alt in enumerate(found.alts, 1) if not alt
    ]
    faults += [
        f"table {place} (beginning {table[0][:3] if table else []}) has no caption"
        for place, (table, captioned) in enumerate(zip(found.tables, found.captioned), 1)
        if not captioned
    ]
    return faults
