"""Finishing an HTML page: nothing left to fetch, nothing of this machine, a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from pipeline.render.style import asset
from pipeline.render.typeface import with_font, with_marks

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
# What a renderer copies from a notebook that no reader needs.
MACHINE = re.compile(
    r'\s(?:data-notebook="[^"]*[/\\][^"]*"|data-(?:notebook-cellid|notebook-title|execution_count|tags|papermill)="[^"]*")'
)
# An empty cell heads nothing; a screen reader would announce it as a header without a name.
EMPTY_HEAD = re.compile(
    r"<th\b(?:\s+scope=\"\w+\")?((?:\s+(?!scope)[\w-]+=\"[^\"]*\")*)(?:\s+scope=\"\w+\")?[^>]*>\s*</th>"
)
NUMBERED = re.compile(
    r'(<span class="(?:header|toc)-section-number">|<a\b[^>]*\bclass="quarto-xref"[^>]*>(?:<span>)?[^<\d]*'
    r"|<figcaption\b[^>]*quarto-float-caption[^>]*>\s*(?:<p>)?[^<\d]*)(\d)"
)
POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src {scripts}; "
    "base-uri 'none'; form-action 'none'; connect-src 'none'"
)


def digest(script: str) -> str:
    """The content-policy source for one script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode()}'"


@lru_cache(maxsize=1)
def _own() -> re.Pattern:
    """The project's script as its file has it; where it holds a message, any text that cannot leave its quotes."""
    parts = re.split(r"⟦[^⟧]*⟧", asset("report.js").replace("\r\n", "\n").strip())
    return re.compile(r"[^\"\\\n<]{0,200}".join(map(re.escape, parts)))


def is_own(script: str) -> bool:
    """Whether a script is the project's own: to the letter that of its file, but for messages in another language.

    Whatever else comes into a page, by a renderer or out of data, is not, and does not run.
    """
    return _own().fullmatch(script.strip()) is not None


def strange_scripts(html: str) -> list[str]:
    """The beginnings of scripts in a page that are not the project's own."""
    return [
        " ".join(match[2].split())[:60] or match[1].strip()
        for match in SCRIPT.finditer(html)
        if not is_own(match[2])
    ]


def policy(html: str) -> str:
    """The page's content policy: the project's own script where it has one, inline styles, embedded images."""
    own = [digest(match[2]) for match in SCRIPT.finditer(html) if is_own(match[2])]
    return POLICY.format(scripts=" ".join(dict.fromkeys(own)) or "'none'")


def with_prefix(html: str, prefix: str) -> str:
    """Numbers of sections, figures and tables, where they stand and where they are referred to, with a letter before.

    Examples
    --------
    >>> with_prefix('<a href="#tbl-x" class="quarto-xref">Table 3</a>', "S")
    '<a href="#tbl-x" class="quarto-xref">Table S3</a>'
    """
    return NUMBERED.sub(rf"\g<1>{prefix}\g<2>", html)


def finish(html: str, *, prefix: str = "") -> str:
    """A rendered page, ready to be sent.

    Line ends are made uniform first: the browser hashes scripts as it reads them.

    Parameters
    ----------
    html : str
        The page as a renderer made it.
    prefix : str
        What stands before every number of a section, figure or table, such as S in a supplement.
    """
    html = with_prefix(html.replace("\r\n", "\n"), prefix) if prefix else html.replace("\r\n", "\n")
    html = with_marks(with_font(EMPTY_HEAD.sub(r"<td\1></td>", MACHINE.sub("", html))))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
    html, count = re.subn(r"(<meta charset=[^>]*>)", lambda match: f"{match[1]}\n{meta}", html, count=1)
    if not count:
        html = re.sub(r"(<head[^>]*>)", lambda match: f"{match[1]}\n{meta}", html, count=1)
    return html
