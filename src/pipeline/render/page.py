"""Finishing an HTML page: nothing left to fetch, nothing of this machine, a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import re

from pipeline.render.typeface import with_font

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
# What a renderer copies from a notebook that no reader needs.
MACHINE = re.compile(
    r'\s(?:data-notebook="[^"]*[/\\][^"]*"|data-(?:notebook-cellid|notebook-title|execution_count|tags|papermill)="[^"]*")'
)
# An empty cell heads nothing; a screen reader would announce it as a header without a name.
EMPTY_HEAD = re.compile(
    r"<th\b(?:\s+scope=\"\w+\")?((?:\s+(?!scope)[\w-]+=\"[^\"]*\")*)(?:\s+scope=\"\w+\")?[^>]*>\s*</th>"
)
POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src {scripts}; "
    "base-uri 'none'; form-action 'none'; connect-src 'none'"
)


def script_hashes(html: str) -> list[str]:
    """Content-policy sources for each inline script of a page, in order, each once."""
    digests = [hashlib.sha256(match[2].encode("utf-8")).digest() for match in SCRIPT.finditer(html)]
    sources = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return list(dict.fromkeys(sources))


def policy(html: str) -> str:
    """The page's content policy: its own inline scripts, inline styles and embedded images, nothing else."""
    return POLICY.format(scripts=" ".join(script_hashes(html)) or "'none'")


def finish(html: str) -> str:
    """A rendered page, ready to be sent.

    Line ends are made uniform first: the browser hashes scripts as it reads them.
    """
    html = html.replace("\r\n", "\n")
    html = with_font(EMPTY_HEAD.sub(r"<td\1></td>", MACHINE.sub("", html)))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
    html, count = re.subn(r"(<meta charset=[^>]*>)", lambda match: f"{match[1]}\n{meta}", html, count=1)
    if not count:
        html = re.sub(r"(<head[^>]*>)", lambda match: f"{match[1]}\n{meta}", html, count=1)
    return html
