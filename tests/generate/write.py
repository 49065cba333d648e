"""Writing the exports so that the same content always gives the same bytes."""

import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment

FROZEN = datetime(2026, 1, 1)


def csv_bytes(header, rows, encoding="utf-8-sig") -> bytes:
    """A CSV with Windows line ends, as REDCap and the laboratory system write it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return buffer.getvalue().encode(encoding)


def plain_csv_bytes(table) -> bytes:
    """A CSV of ours: UTF-8, Unix line ends, header first."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(table)
    return buffer.getvalue().encode("utf-8")


def workbook_bytes(title, header, rows) -> bytes:
    """A workbook with a merged title row above the header; time stamps frozen."""
    book = Workbook()
    sheet = book.active
    sheet.title = "用药记录"
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(header))
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(list(header))
    for row in rows:
        sheet.append([_cell(row.get(name, "")) for name in header])
    book.properties.creator = book.properties.lastModifiedBy = "export"
    book.properties.created = book.properties.modified = FROZEN
    buffer = io.BytesIO()
    book.save(buffer)
    return _frozen_zip(buffer.getvalue())


def _cell(value):
    return None if value == "" else value


def _frozen_zip(data: bytes) -> bytes:
    """The archive again, with fixed time stamps, order and modification date."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _freeze_modified(content)
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, content)
    return out.getvalue()


def _freeze_modified(core: bytes) -> bytes:
    """Openpyxl stamps the time of saving over what the properties say."""
    head, tag, rest = core.partition(b"<dcterms:modified")
    opening, _, tail = rest.partition(b">")
    _, _, after = tail.partition(b"</dcterms:modified>")
    return (
        head
        + tag
        + opening
        + b">"
        + FROZEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        + b"</dcterms:modified>"
        + after
    )


def write_study(folder: Path, files: dict[str, bytes]) -> None:
    """All files of a study."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        (folder / name).write_bytes(content)
