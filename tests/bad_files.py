# ruff: noqa: E501  (a file on each line)
"""Files that are not what they say, hold more than they show or have names that take hold of something."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

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
