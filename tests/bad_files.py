# ruff: noqa: E501  (a file on each line)
"""Files that are not what they say, hold more than they show or have names that take hold of something."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

HEAD = b"id,age\nT-001,50\n"
SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>age</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>T-001</t></is></c><c r="B2"><v>50</v></c></row>'
)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ZEROS = 1 << 20


def zipped(members: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def workbook(rows: str = ROWS, *, before: str = "", tail: bytes = b"", **parts: str) -> bytes:
    """A workbook of one sheet; `parts` take the place of its own or come to them."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    office = "http://schemas.openxmlformats.org/package/2006"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{office}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{office}/relationships"><Relationship Id="rId1" Type="{kind}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{kind}">'
            '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{office}/relationships"><Relationship Id="rId1" '
            f'Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": SHEET.format(rows=rows, before=before).encode() + tail,
            **{name.replace("__", "/"): content for name, content in parts.items()},
        }
    )


def huge(name: str, megabytes: int) -> bytes:
    """An archive whose one member unpacks to so much."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
        made.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(megabytes):
            member.write(bytes(ZEROS))
    return file.getvalue()


def sheet_of(megabytes: int) -> bytes:
    """A workbook whose sheet unpacks to so much."""
    file = io.BytesIO(workbook())
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as made,
        made.open("xl/sharedStrings.xml", "w", force_zip64=True) as member,
    ):
        member.write(b"<sst><si><t>")
        for _ in range(megabytes):
            member.write(b" " * ZEROS)
        member.write(b"</t></si></sst>")
    return file.getvalue()


def lying(size: int) -> bytes:
    """A workbook whose directory says another size of its sheet than it has."""
    content = bytearray(workbook())
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = size.to_bytes(4, "little")
    return bytes(content)


def tar(names: list[str]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as made:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(HEAD)
            made.addfile(entry, io.BytesIO(HEAD))
    return file.getvalue()


def xls() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def contents() -> dict[str, tuple[str, bytes]]:
    """By what is bad: the type that the study file gives, and the bytes."""
    found: dict[str, tuple[str, bytes]] = {}
    archives = {
        "zip": zipped({"a.csv": HEAD}),
        "zip in a zip": zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": HEAD})})}),
        "zip of a path above": zipped({"../../a.csv": HEAD}),
        "zip of an absolute path": zipped({"/etc/a.csv": HEAD}),
        "zip bomb": huge("a.csv", 120),
        "zip without an end": zipped({"a.csv": HEAD})[:-10],
        "empty zip": b"PK\x05\x06" + bytes(18),
        "gzip": gzip.compress(HEAD),
        "gzip bomb": gzip.compress(bytes(64 * ZEROS)),
        "bzip2": bz2.compress(HEAD),
        "xz": lzma.compress(HEAD),
        "zstandard": b"\x28\xb5\x2f\xfd" + bytes(20),
        "tar": tar(["a.csv"]),
        "tar of a path above": tar(["../../a.csv"]),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(30),
        "rar": b"Rar!\x1a\x07\x01\x00" + bytes(30),
        "pdf": b"%PDF-1.7\n%%EOF",
        "program": b"\x7fELF" + bytes(60),
        "windows program": b"MZ" + bytes(60),
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(40),
        "old workbook of zeros": xls(),
        "sqlite": b"SQLite format 3\x00" + bytes(84),
        "nothing": b"",
        "zeros": bytes(4096),
        "noise": bytes((n * 7919 + n // 251) % 256 for n in range(4096)),
        "html": b"<html><body><h1>Login</h1></body></html>",
    }
    for name, content in archives.items():
        for kind in ("csv", "excel", "json", "parquet", "sas", "spss", "stata"):
            found[f"{name} as {kind}"] = (kind, content)
    entity = ROWS.replace("T-001", "&j;")
    found |= {
        "workbook of a billion laughs": ("excel", workbook(entity, before=LAUGHS)),
        "workbook of laughs in its list": ("excel", workbook(before=LAUGHS)),
        "workbook of a file outside": ("excel", workbook(ROWS.replace("T-001", "&a;"), before=OUTSIDE)),
        "workbook that unpacks to 100 MB": ("excel", sheet_of(100)),
        "workbook cut short": ("excel", workbook()[:-200]),
        "workbook with noise behind": ("excel", workbook() + b"x" * 5000),
        "workbook of half a sheet": ("excel", workbook()[:400]),
        "workbook that lies small": ("excel", lying(10)),
        "workbook that lies large": ("excel", lying(1 << 31)),
        "workbook deep inside": ("excel", workbook("<a>" * 5000 + "</a>" * 5000)),
        "workbook without rows": ("excel", workbook("")),
        "workbook of a far cell": (
            "excel",
            workbook(ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        ),
        "workbook of a cell beyond": (
            "excel",
            workbook(ROWS + '<row r="99999999"><c r="ZZZZZ99999999"><v>1</v></c></row>'),
        ),
        "workbook of a long cell": ("excel", workbook(ROWS.replace("T-001", "x" * 2_000_000))),
        "workbook of a cell without a place": ("excel", workbook(ROWS + "<row><c><v>1</v></c></row>")),
        "workbook of a number too large": ("excel", workbook(ROWS.replace("<v>50</v>", "<v>1e999</v>"))),
        "workbook of no number": ("excel", workbook(ROWS.replace("<v>50</v>", "<v>NaN</v>"))),
        "workbook of a text that is not there": (
            "excel",
            workbook(ROWS.replace('<c r="B2">', '<c r="B2" t="s">')),
        ),
        "records nested deep": ("json", b"[" * 100_000 + b"]" * 100_000),
        "records nested in a record": ("json", b'[{"a": ' * 20_000 + b"1" + b"}]" * 20_000),
        "records cut short": ("json", b'[{"id": "T-001", "age": 5'),
        "records of a name twice": ("json", b'[{"id": "T-001", "id": "T-002"}]'),
        "records of a long number": ("json", b'[{"id": "T-001", "age": ' + b"9" * 200_000 + b"}]"),
        "records of a large power": ("json", b'[{"id": "T-001", "age": 1e999999999}]'),
        "records of no records": ("json", b'"T-001"'),
        "csv of one quote": ("csv", b'id,age\n"T-001,50\n'),
        "csv of a long line": ("csv", b"id,age\nT-001," + b"9" * 3_000_000 + b"\n"),
        "csv of many columns": (
            "csv",
            b",".join(b"c%d" % n for n in range(4_000)) + b"\n" + b"," * 3_999 + b"\n",
        ),
        "csv of zeros in a cell": ("csv", b"id,age\nT-0\x0001,50\n"),
        "csv of a lone half": ("csv", b"id,age\nT-\xed\xa0\x80,50\n"),
        "csv of broken UTF-8": ("csv", b"id,age\nT-\xc3\x28,50\n"),
        "csv of old line ends": ("csv", b"id,age\rT-001,50\r"),
        "csv of only a head": ("csv", b"id,age\n"),
        "csv of only a mark": ("csv", b"\xef\xbb\xbf"),
        "csv of two marks": ("csv", b"\xef\xbb\xbf\xef\xbb\xbf" + HEAD),
        "csv of UTF-16 cut in a sign": ("csv", HEAD.decode().encode("utf-16")[:-1]),
        "csv of UTF-32": ("csv", HEAD.decode().encode("utf-32")),
        "csv of UTF-7": ("csv", b"id,age\n+AGE-,50\n"),
        "csv of EBCDIC": ("csv", HEAD.decode().encode("cp500")),
        "csv that ends in the middle": ("csv", b"id,age\nT-001,50\nT-002"),
        "csv of a doubled head": ("csv", b"id,id,age\nT-001,T-002,50\n"),
        "csv of an end of file": ("csv", b"id,age\nT-001,50\n\x1a"),
    }
    return found | _workbooks() | _sheets_of_libre() | _texts() | _records() | _parquet()


RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _elsewhere(target: str, part: str, rows: str) -> bytes:
    """A workbook whose sheet lies where no program puts it."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="{target}"/></Relationships>'
    )
    return workbook(
        **{"xl/_rels/workbook.xml.rels": relations, part: SHEET.format(rows=rows, before="")},
    )


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """An archive with one of its parts written another way."""
    parts = zipfile.ZipFile(io.BytesIO(content))
    return zipped(
        {
            name: parts.read(name).replace(old, new) if name == part else parts.read(name)
            for name in parts.namelist()
        }
    )


def _marked(content: bytes, local: int, central: int, value: int) -> bytes:
    """An archive in which one byte of the head of every part says something else."""
    made = bytearray(content)
    for head, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = made.find(head)
        while at >= 0:
            made[at + place] ^= value
            at = made.find(head, at + 4)
    return bytes(made)


def _workbooks() -> dict[str, tuple[str, bytes]]:
    """Workbooks that no program of an office writes."""
    sheet, cell = "xl/worksheets/sheet1.xml", '<c r="B2"><v>50</v>'
    twice = io.BytesIO(workbook())
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(twice, "a") as parts:
        parts.writestr(sheet, SHEET.format(rows=ROWS.replace("T-001", "T-002"), before=""))
    no_sheets = (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>'
    )
    merged = b'</sheetData><mergeCells><mergeCell ref="A2:A900"/></mergeCells>'
    found = {
        "of a far cell in other quotes": workbook((ROWS + FAR).replace('"', "'")),
        "of a far cell with blanks": workbook(ROWS + FAR.replace("r=", "r = ")),
        "of a far cell in small letters": workbook(ROWS + FAR.replace("XFD", "xfd")),
        "of a far cell in another folder": _elsewhere("sheets/s.xml", "xl/sheets/s.xml", ROWS + FAR),
        "of a far cell in a file of capitals": _elsewhere(
            "Worksheets/Sheet1.xml", "xl/Worksheets/Sheet1.xml", ROWS + FAR
        ),
        "of a sheet in another folder": _elsewhere("sheets/s.xml", "xl/sheets/s.xml", ROWS),
        "of a sheet that is nowhere": _elsewhere("worksheets/none.xml", "a.xml", ROWS),
        "of a sheet of this machine": _elsewhere("file:///etc/passwd", "a.xml", ROWS),
        "of no sheets": workbook(**{"xl/workbook.xml": no_sheets}),
        "of a part twice": twice.getvalue(),
        "of a cell twice": workbook(
            ROWS + '<row r="3"><c r="A2" t="inlineStr"><is><t>T-9</t></is></c></row>'
        ),
        "of a row twice": workbook(ROWS + ROWS),
        "of two sheets in one": changed(
            workbook(), sheet, b"</worksheet>", b"</worksheet>" + SHEET.format(rows=ROWS, before="").encode()
        ),
        "of rows backwards": workbook(
            '<row r="3"><c r="A3" t="inlineStr"><is><t>T-002</t></is></c></row>' + ROWS
        ),
        "of a column that is none": workbook(ROWS.replace('r="A2"', 'r="AAAAAAAAAA2"')),
        "of a row that is none": workbook(ROWS.replace('r="A2"', 'r="A99999999999999999999"')),
        "of a place with signs": workbook(ROWS.replace('r="A2"', 'r="$A$2"')),
        "of a row 0": workbook(ROWS.replace('r="2"', 'r="0"')),
        "of a row below 0": workbook(ROWS.replace('r="2"', 'r="-1"')),
        "merged beyond its end": changed(workbook(), sheet, b"</sheetData>", merged),
        "merged at no place": changed(
            workbook(), sheet, b"</sheetData>", merged.replace(b"A2:A900", b"A0:A2")
        ),
        "that says it is large": changed(
            workbook(), sheet, b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'
        ),
        "of a command": workbook(ROWS.replace(cell, "<c r=\"B2\"><f>cmd|' /C calc'!A0</f><v>50</v>")),
        "of an array without end": workbook(
            ROWS.replace(cell, '<c r="B2"><f t="array" ref="B2:B1048576">1</f><v>50</v>')
        ),
        "of yes that is 2": workbook(ROWS.replace(cell, '<c r="B2" t="b"><v>2</v>')),
        "of an unknown mistake": workbook(ROWS.replace(cell, '<c r="B2" t="e"><v>#FOO!</v>')),
        "of an unknown kind": workbook(ROWS.replace(cell, '<c r="B2" t="z"><v>5</v>')),
        "of a text before the first": workbook(ROWS.replace(cell, '<c r="B2" t="s"><v>-1</v>')),
        "of a day that is none": workbook(ROWS.replace(cell, '<c r="B2" t="d"><v>2025-13-40</v>')),
        "of a style that is none": workbook(ROWS.replace('<c r="B2">', '<c r="B2" s="999999">')),
        "of a forbidden sign": workbook(ROWS.replace("T-001", "T-&#0;001")),
        "of a lone half": workbook(ROWS.replace("T-001", "T-&#xD800;001")),
        "of a sign beyond": workbook(ROWS.replace("T-001", "T-&#x110000;001")),
        "of an unknown entity": workbook(ROWS.replace("T-001", "T-&nbsp;001")),
        "of an escaped sign": workbook(ROWS.replace("T-001", "T-_x0000_001")),
        "that includes a file": workbook(
            ROWS.replace(
                "T-001", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
            )
        ),
        "that asks the net": workbook(
            before='<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]>'
        ),
        "of one entity many times": workbook(
            ROWS.replace("T-001", "&a;" * 20_000), before=f'<!DOCTYPE x [<!ENTITY a "{"a" * 20_000}">]>'
        ),
        "in latin-1 that says UTF-8": changed(workbook(), sheet, b"T-001", b"T-\xfc01"),
        "without an end of a row": workbook(ROWS + "<row><c>"),
        "of half a list of texts": workbook(**{"xl/sharedStrings.xml": "<sst><si><t>T-0"}),
        "of half its styles": workbook(**{"xl/styles.xml": "<styleSheet><cellXfs>"}),
        "with a password": _marked(workbook(), 6, 8, 1),
        "packed in an unknown way": _marked(workbook(), 8, 10, 0x63),
        "of another checksum": _marked(workbook(), 14, 16, 0xFF),
        "behind other bytes": b"garbage" * 10 + workbook(),
        "of a head that nobody sees": workbook(ROWS.replace("<t>id</t>", "<t></t>")),
        "that is a Word document": zipped({"word/document.xml": "<w/>"}),
        "that is a presentation": zipped({"ppt/presentation.xml": "<p/>"}),
        "that is a table of a page": b"<html><table><tr><td>id</td></tr></table></html>",
        "of noise in binary": zipped({"xl/workbook.bin": bytes(range(256))}),
    }
    return {f"workbook {what}": ("excel", content) for what, content in found.items()}


def _sheets_of_libre() -> dict[str, tuple[str, bytes]]:
    """Documents of LibreOffice, which keep rows and cells that are alike once."""

    def text(value: str, times: int | str = 1) -> str:
        return (
            f'<table:table-cell table:number-columns-repeated="{times}" office:value-type="string">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )

    def row(*cells: str, times: int = 1) -> str:
        return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'

    def document(*rows: str) -> bytes:
        urn = "urn:oasis:names:tc:opendocument:xmlns"
        names = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
        body = f'<table:table table:name="S">{row(text("id"), text("age"))}{"".join(rows)}</table:table>'
        content = (
            f"<office:document-content {names}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>"
        )
        manifest = f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"/>'
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})

    found = {
        "of a blank end": document(
            row(text("T-001"), text("50")), row("<table:table-cell/>", times=1_048_570)
        ),
        "of a million rows alike": document(row(text("T-001"), text("50"), times=1_048_576)),
        "of many rows alike": document(row(text("T-001"), text("50"), times=2**31 - 1)),
        "of many cells alike": document(row(text("T-001"), text("50", 10**9))),
        "of cells and rows alike": document(*[row(text("x", 16_384), times=1000)] * 1000),
        "of less than no cells": document(row(text("T-001"), text("50", -1))),
        "of cells that are no number": document(row(text("T-001"), text("50", "x"))),
        "cut short": zipped(
            {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a><b>"}
        ),
        "that is a letter": zipped(
            {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}
        ),
    }
    return {f"sheet of LibreOffice {what}": ("excel", content) for what, content in found.items()}


def _texts() -> dict[str, tuple[str, bytes]]:
    """Text that is spoilt, in an old encoding, or no table at all."""
    made = {
        "in Big5": "姓名,id\n諸葛,T-001\n".encode("big5"),
        "in Shift JIS": "名,id\nアイ,T-001\n".encode("shift_jis"),
        "in ISO 2022": "名,id\nアイ,T-001\n".encode("iso2022_jp"),
        "in KOI8": "имя,id\nПётр,T-001\n".encode("koi8-r"),
        "of UTF-32 without a mark": HEAD.decode().encode("utf-32-be"),
        "of UTF-16 without a mark": HEAD.decode().encode("utf-16-be"),
        "cut in a sign": "id,name\nT-001,王".encode()[:-1],
        "of five bytes a sign": b"id,age\nT-\xf8\x88\x80\x80\x8001,50\n",
        "of zeros behind": HEAD + bytes(4096),
        "of zeros before": bytes(16) + HEAD,
        "of a hole": HEAD[:9] + bytes(100_000) + HEAD,
        "of both sides of a conflict": b"id,age\n<<<<<<< HEAD\nT-001,50\n=======\nT-001,51\n>>>>>>> x\n",
        "of a difference": b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-id,age\n+id,age\n",
        "of quotes": b'"' * 1001,
        "of blank lines": b"\n" * 5000,
        "of blanks": b" \t \n \t \n",
        "of one sign": b"x",
        "of a line end without feed": b"id,age\n\rT-001,50\n\rT-002,51\n\r",
        "of more cells than names": b"id,age\nT-001,50,1,2,3\n",
        "of a comment": b"# made by x\nid,age\nT-001,50\n",
        "of a long head": b"x" * 1_000_000 + b",age\nT-001,50\n",
        "of a quote over all rows": b'id,age\nT-001,"50\n'
        + b"".join(b"T-%03d,51\n" % n for n in range(2, 900)),
        "of a separator and nothing": b"sep=;",
        "of a traceback": b'Traceback (most recent call last):\n  File "x", line 1\nKeyError: 1\n',
        "of a refusal of REDCap": b'{"error":"You do not have permissions to use the API"}',
        "of a pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "of a letter": b"{\\rtf1 id,age}\n1,2\n",
        "of a script": b"#!/bin/sh\nrm -rf /\n",
        "of a secret message": b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=aaaa\n-----END PGP MESSAGE-----\n",
        "of a secret file": b"Salted__" + bytes(range(200)) * 20,
        "of a shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60),
        "of an address": b"[InternetShortcut]\r\nURL=http://x\r\n",
        "of what a Mac keeps beside": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(60),
        "of what an editor keeps beside": b"\x06lina   " + bytes(40),
        "of HDF5": b"\x89HDF\r\n\x1a\n" + bytes(200),
        "of R": b"RDX3\nX\n\0\0\0\x03",
        "of a pickle": b"\x80\x04\x95" + bytes(50),
        "of MATLAB": b"MATLAB 5.0 MAT-file" + bytes(200),
        "of dBase": b"\x03\x7d\x01\x01\x01\0\0\0A\0\x20\0" + bytes(20),
        "of Access": b"\0\x01\0\0Standard Jet DB\0" + bytes(200),
        "of DICOM": bytes(128) + b"DICM" + bytes(60),
        "of lz4": b"\x04\x22\x4d\x18" + bytes(30),
        "of a GIF": b"GIF89a" + bytes(30),
    }
    unseen = "\x0b\x1c\x1b\x07\x7f\u202e\u2067\u200b\xad\U000e0041\uffff"
    made |= {f"with U+{ord(sign):04X} in a name": f"i{sign}d,age\nT-001,50\n".encode() for sign in unseen}
    return {f"csv {what}": ("csv", content) for what, content in made.items()}


def _records() -> dict[str, tuple[str, bytes]]:
    """Records that are nearly JSON, or are and surprise."""
    made = {
        "of a record without names": b"[{}]",
        "of nothing": b"[null, null]",
        "with a comment": b'[{"id":"T-001"} /* x */]',
        "with a comma too many": b'[{"id":"T-001"},]',
        "in single quotes": b"[{'id':'T-001'}]",
        "of lists": b'[["id","age"],["T-001",50]]',
        "in a record": b'{"data":[{"id":"T-001"}],"count":1}',
        "of two on a line": b'{"id":"T-001"}{"id":"T-002"}',
        "of a record over lines": b'{\n"id":"T-001"\n}',
        "of a name of half a sign": b'[{"i\\ud800d":"T-001"}]',
        "of a called page": b'cb([{"id":"T-001"}])',
        "in GBK": '[{"id":"王"}]'.encode("gbk"),
        "of a raw line end": b'[{"id":"T-\n001"}]',
        "of a number of base 16": b'[{"id":"T-001","age":0x10}]',
        "of marks of records": b'\x1e{"id":"T-001"}\n\x1e{"id":"T-002"}\n',
        "of a line separator in a text": '{"id":"T-\u2028001"}\n{"id":"T-002"}\n'.encode(),
        "of a next line in a text": '{"id":"T-\x85001"}\n{"id":"T-002"}\n'.encode(),
        "of UTF-16": '[{"id":"T-001"}]'.encode("utf-16"),
        "of UTF-32": '[{"id":"T-001"}]'.encode("utf-32"),
        "of two marks": b'\xef\xbb\xbf\xef\xbb\xbf[{"id":"T-001"}]',
        "of a prototype": b'[{"__proto__":{"a":1},"id":"T-001"}]',
        "of a text that turns": '[{"\u202eid":"T-001"}]'.encode(),
    }
    return {f"records {what}": ("json", content) for what, content in made.items()}


def _parquet() -> dict[str, tuple[str, bytes]]:
    """Parquet that says more than it holds, or is of another make."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def table(columns: list, names: list[str]) -> bytes:
        file = io.BytesIO()
        pq.write_table(pa.table(columns, names=names), file)
        return file.getvalue()

    long = io.BytesIO()
    with pq.ParquetWriter(long, pa.schema([("id", pa.int8())]), compression="zstd") as writer:
        for _ in range(7):
            writer.write_table(pa.table({"id": pa.nulls(10_000_000, pa.int8())}))
    whole = table([pa.array(["T-001"])], ["id"])
    made = {
        "of seventy million rows": long.getvalue(),
        "of a name twice": table([pa.array(["T-001"]), pa.array(["T-002"])], ["id", "id"]),
        "of lists": table([pa.array(["T-001"]), pa.array([[1, 2]])], ["id", "a"]),
        "of a day before all days": table(
            [pa.array(["T-001"]), pa.array([-8_000_000], pa.date32())], ["id", "d"]
        ),
        "of a foot that lies": whole[:-8] + (1 << 31).to_bytes(4, "little") + b"PAR1",
        "with a password": b"PARE" + bytes(100) + b"PARE",
        "cut short": whole[:-5],
    }
    return {f"parquet {what}": ("parquet", content) for what, content in made.items()}


def spoilt() -> list[tuple[str, str, bytes]]:
    """Name, type and content of files of programs, each with a few bytes changed on their way."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({"id": ["T-001", "T-002", "T-003"], "age": [50.0, 51.0, 52.0]})
    with tempfile.TemporaryDirectory() as folder:
        written = {
            name: (kind, Path(folder) / name)
            for name, kind in (("a.sav", "spss"), ("a.zsav", "spss"), ("a.dta", "stata"), ("a.xpt", "sas"))
        }
        pyreadstat.write_sav(frame, written["a.sav"][1])
        pyreadstat.write_sav(frame, written["a.zsav"][1], compress=True)
        pyreadstat.write_dta(frame, written["a.dta"][1])
        pyreadstat.write_xport(frame, written["a.xpt"][1])
        whole = {name: (kind, file.read_bytes()) for name, (kind, file) in written.items()}
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    whole |= {"a.parquet": ("parquet", parquet.getvalue()), "a.xlsx": ("excel", workbook())}
    found = []
    for name, (kind, content) in whole.items():
        for seed in range(12):
            draw, made = random.Random(seed), bytearray(content)
            for place in draw.sample(range(len(made) if seed % 2 else min(300, len(made))), 5):
                made[place] = draw.randrange(256)
            found.append((name, kind, bytes(made)))
        found += [(name, kind, content[:end]) for end in (5, 90, len(content) // 2, len(content) - 3)]
    return found


NAMES = (
    *(
        "-rf.csv",
        "--help.csv",
        "a b.csv",
        " a.csv",
        "a .csv",
        "a.csv.",
        "CON.csv",
        "nul.csv",
        "aux",
        "COM1.csv",
        ".csv",
        "..csv",
    ),
    *(
        "a\nb.csv",
        "a\tb.csv",
        "a\rb.csv",
        "a\x1b[31m.csv",
        "a\x07.csv",
        "\u202evsc.csv",
        "a\u200b.csv",
        "a\ufeff.csv",
    ),
    *(
        "头痛.csv",
        "e\u0301.csv",
        "é.csv",
        "x" * 240 + ".csv",
        "a'b.csv",
        'a"b.csv',
        "a;b.csv",
        "a|b.csv",
        "a&b.csv",
        "$HOME.csv",
    ),
    *(
        "`a`.csv",
        "$(a).csv",
        "a*b.csv",
        "a?b.csv",
        "[a].csv",
        "{a}.csv",
        "%41.csv",
        "a#b.csv",
        "a\\b.csv",
        "C:a.csv",
        "~a.csv",
    ),
    *(
        "<img>.csv",
        "{{< a >}}.csv",
        "a,b.csv",
        "=1+1.csv",
        "@a.csv",
        "\U0001f600.csv",
        "[bold]x.csv",
        ":smile:.csv",
    ),
)
