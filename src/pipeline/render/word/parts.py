"""The parts inside a Word file: zip, fields, running header and footer."""

from __future__ import annotations

import io
import re
import zipfile
from html import escape

from analysis.language import tr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    "<w:r><w:t>{text}</w:t></w:r>"
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def text_run(text: str) -> str:
    """A run of plain text."""
    return f'<w:r><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'


def _running(tag: str, style: str, body: str) -> str:
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{body}</w:p>'
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{tag} xmlns:w="{W}">{paragraph}</w:{tag}>'


def header_part(left: str, right: str) -> str:
    """The running header: study at the left, state at the right."""
    return _running("hdr", "Header", text_run(left) + "<w:r><w:tab/></w:r>" + text_run(right))


def footer_part(left: str) -> str:
    """The running footer: data cut at the left, page of pages at the right."""
    page, pages = FIELD.format(code="PAGE", text="1"), FIELD.format(code="NUMPAGES", text="1")
    fields = {"page": page, "pages": pages}
    words = re.split(r"\{(page|pages)\}", tr("Page {page} of {pages}"))
    right = "".join(fields.get(word, text_run(word)) for word in words if word)
    return _running("ftr", "Footer", text_run(left) + "<w:r><w:tab/></w:r>" + right)


def pack(parts: dict[str, str | bytes]) -> bytes:
    """A zip whose bytes depend on its parts alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The parts of a Word file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
