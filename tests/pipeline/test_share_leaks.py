"""Planted leaks of every kind and encoding are found in what is written; clean text raises no alarm."""

import base64
import hashlib
import io
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from analysis import fonts
from analysis.figures.style import sheet
from analysis.language import FOLDER
from pipeline.share.carriers import texts_in
from pipeline.share.page import pieces_of
from pipeline.share.scan import leaks
from pipeline.share.values import OwnValues

BORN, SEEN = date(1962, 5, 14), date(2025, 1, 9)
NAMES = ("王小明", "Margarete Schulz", "H100234")
TEXT = "fell off the ladder at the harbour on a windy day"
VALUES = OwnValues(
    texts={
        "identifier": dict.fromkeys(NAMES, "people.name"),
        "subject id": {"RA-007": "subject_id", "CN-12-0345": "subject_id"},
        "every subject id": {"RA-007": "subject_id", "17": "subject_id"},
        "free text": {TEXT: "adverse_events.remark", "患者在港口从梯子上摔下来了": "adverse_events.remark"},
        "access": {"redcap.example-hospital.org": "REDCAP_URL"},
    },
    days={BORN: "birth date", SEEN: "date"},
)


def days(day: date) -> list[str]:
    """A day in the ways people, programs and spreadsheets write it."""
    german = ["Januar", "Februar", "März", "April", "Mai"][day.month - 1]
    english = f"{day:%B}"
    short, long = f"{day:%b}", str(day.year)
    serial = (day - date(1899, 12, 30)).days
    return [
        *(
            day.isoformat(),
            f"{day:%Y/%m/%d}",
            f"{day:%Y.%m.%d}",
            f"{day:%Y%m%d}",
            f"{day:%d.%m.%Y}",
            f"{day:%d/%m/%Y}",
        ),
        *(
            f"{day:%m/%d/%Y}",
            f"{day:%d.%m.%y}",
            f"{day:%d/%m/%y}",
            f"{day:%d-%m-%y}",
            f"{day:%m/%d/%y}",
            f"{day:%d%m%Y}",
        ),
        *(
            f"{day:%d}{short.upper()}{long}",
            f"{day:%d}{short}{day:%y}",
            f"{day:%d}-{short}-{day:%y}",
            f"{day:%d}-{short}-{long}",
        ),
        *(
            f"{day.day} {english} {long}",
            f"{english} {day.day}, {long}",
            f"{day.day}. {german} {long}",
            f"{day.day}th {short} {long}",
        ),
        *(
            f"{day.day} de {'enero' if day.month == 1 else 'mayo'} de {long}",
            f"{day.day} {'janvier' if day.month == 1 else 'mai'} {long}",
        ),
        *(
            f"{long}年{day.month}月{day.day}日",
            f"{long} 年 {day.month} 月 {day.day} 日",
            f"{day.isoformat()}T08:00:00Z",
        ),
        *(str(serial), f"{serial}.0", f"{long}-{day:%j}", f"{day:%G-W%V-%u}"),
        *(
            f"{english} the {day.day}th" if False else f"{day.day} {short.upper()} {long}",
            f"{short}. {day.day}, {long}",
        ),
    ]


IDS = [
    "RA-007",
    "RA007",
    "RA 007",
    "ra_007",
    "RA-7",
    "RA–007",
    "ＲＡ－００７",
    "RA/007",
    "RA.007",
    "CN-12-0345",
    "CN120345",
]
OTHER = {
    "identifier": [
        *NAMES,
        "王 小明",
        "Schulz, Margarete",
        "MARGARETE SCHULZ",
        "Margarete\nSchulz",
        "h100234",
    ],
    "free text": [
        TEXT,
        TEXT.replace(" ", "\n"),
        "…off the ladder at the harbour…",
        "患者在港口从\n梯子上摔下来了",
        TEXT.upper(),
    ],
    "absolute path": [
        *(
            "/home/ann/x.csv",
            "C:\\Users\\ann",
            "D:/daten/x",
            "\\\\server\\share\\x",
            "file:///x",
            "smb://nas/x",
            "~/studies/x",
        ),
        *("/Volumes/data/x", "/mnt/share/x", "/nfs/clin/x", "/data/ra/x", "vscode://file/x/ann.py"),
    ],
    "host": [
        "192.168.1.20",
        "10.0.0.5",
        "172.20.1.1",
        "db01.hospital.local",
        "srv.clinic.intranet",
        "localhost:8888",
    ],
    "token": [
        *(
            "ghp_" + "a1" * 18,
            "0123456789ABCDEF" * 2,
            "postgresql://ann:secret@db/x",
            "Bearer abcdefghij0123456789",
        ),
        *(
            "password=Sommer2024",
            "AKIAIOSFODNN7EXAMPLE",
            "hf_" + "aB3" * 9,
            "-----BEGIN PRIVATE KEY",
            "xoxb-123456789012-abc",
        ),
        *(
            "sk-" + "a1b2" * 8,
            "glpat-" + "a1" * 10,
            "eyJhbGciOiJI.eyJzdWIiOiIx.abc_def",
            "api_key: 'abcd1234'",
            "--password 'Zimt7Stern'",
            "curl -u ann:Zimt7Stern https://edc.example/",
        ),
    ],
    "identity number": ["11010519491231002X", "110105 19491231 002X", "11010519491231002 X"],
    "telephone number": [
        "13812345678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "010-12345678",
        "+49 30 1234567",
        "(027) 8571 2345",
    ],
    "e-mail": ["ann@example.org", "a.b+c@mail.example.com"],
    "access": ["redcap.example-hospital.org", "https://REDCAP.example-hospital.org/api/"],
}
PLANTS = [
    *(("birth date", text) for text in days(BORN)),
    *(("date", text) for text in days(SEEN)),
    ("birth date", "datetime(1962, 5, 14, 0, 0)"),
    *(("subject id", text) for text in IDS),
    *(("subject id", text) for text in ("patient 17", "Subject no. 17", "受试者 17", "ID: 017")),
    *((kind, text) for kind, texts in OTHER.items() for text in texts),
]


def png(text: str) -> bytes:
    body = b"Comment\0\0\0\0\0" + text.encode()
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(body))
        + b"iTXt"
        + body
        + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    )


def word(text: str, part: str = "word/document.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        half = len(escaped) // 2
        runs = f"<w:t>{escaped[:half]}</w:t></w:r><w:r><w:t>{escaped[half:]}</w:t>"
        archive.writestr(part, f"<w:document><w:body><w:p><w:r>{runs}</w:r></w:p></w:body></w:document>")
    return file.getvalue()


def html(inner: str) -> bytes:
    return f'<html><body><p id="here">{inner}</p></body></html>'.encode()


CARRIERS = {
    "text": lambda text: ("x.html", html(text.replace("<", "&lt;"))),
    "attribute": lambda text: ("x.html", html(f'<img alt="{text}">')),
    "entities": lambda text: ("x.html", html("".join(f"&#{ord(sign)};" for sign in text))),
    "percent": lambda text: ("x.html", html(quote(text, safe=""))),
    "base64": lambda text: (
        "x.html",
        html(base64.b64encode(f"some more text around {text} to make it long".encode()).decode()),
    ),
    "word": lambda text: ("x.docx", word(text)),
    "word properties": lambda text: ("x.docx", word(text, "docProps/core.xml")),
    "picture": lambda text: ("x.png", png(text)),
    "csv": lambda text: ("x.csv", f'a,b\n1,"{text}"\n'.encode()),
}


def found(name: str, content: bytes) -> set[str]:
    return {
        hit.kind for hit in leaks(pieces_of(content, name), VALUES, allowed=(), declared="office@example.net")
    }


def test_planted_leaks_are_found_and_none_that_is_missed_names_anybody():
    missed, planted = [], 0
    for kind, text in PLANTS:
        for carrier, made in CARRIERS.items():
            planted += 1
            if kind not in found(*made(text)):
                missed.append((kind, text, carrier))
    assert planted >= 500
    assert len(missed) <= 0.02 * planted, missed[:40]
    assert not [one for one in missed if one[0] in ("subject id", "identifier", "birth date")], missed[:40]


CLEAN = [
    "Of 200 participants, 14 (7.0 %) were in remission at week 48; mean change −12.3 (95 % CI −14.0 to −10.6).",
    "40 10 20 | 5 62 14 | 2025 2026 | 12 May patients | 0.5 to 1.7",
    "doi:10.1093/biomet/28.3-4.437, pandas 3.1.1, code 22703704f33f, 437-442, 1986;81:565-78",
    "Data cut 2025-06-30. Week 24. Grade 3. DAS28-CRP, IL-6, anti-MDA5, CD4+, γ-GT, 7 (3.5) 8 (4.0)",
    "patients 17 to 20 years, 17 patients, n = 17, Table 17",
    "see https://www.example.org/home/ann and and/or, 1/2, ratio 3:4",
    "office@example.net",
    "value 0.110105194912311372, -3.110105194912311372",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_raises_no_alarm(text):
    assert found("x.html", html(text)) == set()


def test_no_letter_of_a_figure_is_drawn_by_numbers_that_raise_an_alarm():
    """The outlines of all letters of both catalogues, as they stand in a picture of a page."""
    letters = "".join(dict.fromkeys((FOLDER / "zh.po").read_text(encoding="utf-8")))
    picture = io.BytesIO()
    with sheet(height=4, mark=None) as figure:
        for number, line in enumerate(re.findall(r"[^\s$\\]{1,60}", letters)):
            figure.text(0, number / 100, line)
        figure.savefig(picture, format="svg")
    drawn = picture.getvalue().decode()
    outlines = re.findall(r"<path id=\".*?/>", drawn, re.DOTALL)
    assert len(outlines) > 1000
    assert found("x.html", html(f"<svg><defs>{''.join(outlines)}</defs></svg>")) == set()
    hidden = outlines[0].replace("M ", "M 139 1234 5678 L ", 1)
    assert found("x.html", html(f"<svg><defs>{hidden}</defs></svg>")) == {"telephone number"}


def test_the_numbers_by_which_parts_of_a_word_file_refer_to_one_another_are_no_subjects():
    numbered = replace(VALUES, texts={"subject id": {"9": "subject_id", "47": "subject_id"}})
    parts = {
        "[Content_Types].xml": '<Override PartName="/word/media/rId9.png" ContentType="image/png"/>',
        "word/document.xml": '<w:p><a:blip r:embed="rId9"/><w:hyperlink r:id="rId47"/></w:p>',
        "word/_rels/document.xml.rels": '<Relationship Id="rId9" Target="media/rId9.png"/>',
        "word/media/rId9.png": png("a curve").decode("latin-1"),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.encode("latin-1"))
    assert leaks(pieces_of(file.getvalue(), "x.docx"), numbered, allowed=(), declared="") == []
    said = leaks(
        pieces_of(word("of patient 9 and subject no. 47"), "x.docx"), numbered, allowed=(), declared=""
    )
    assert {hit.kind for hit in said} == {"subject id"} and len(said) == 2


def font_of(
    names: dict[int, str],
    *,
    within: str = "",
    table: bytes = b"",
    flavor: str | None = "woff",
    after: bytes = b"",
) -> bytes:
    """A part of the Chinese font with names of its own, and what else a font can carry."""
    made = io.BytesIO()
    with TTFont(fonts.FILE, lazy=True) as font:
        subsetter = subset.Subsetter(subset.Options(layout_features=[]))
        subsetter.populate(text="类风湿关节炎")
        subsetter.subset(font)
        if within:
            font["CFF "].cff.topDictIndex[0].Notice = within
        for number, name in names.items():
            font["name"].setName(name, number, 3, 1, 0x409)
        if table:
            font["note"] = DefaultTable("note")
            font["note"].data = table
        font.flavor = flavor
        font.save(made)
    return made.getvalue() + after


@pytest.mark.parametrize("flavor", ["woff", None])
def test_a_font_is_looked_through_where_it_holds_text(flavor):
    planted = [
        font_of({4: "Maria Schmidt"}, flavor=flavor),
        font_of({}, within="of Maria Schmidt", flavor=flavor),
        font_of({}, table=b"of Maria Schmidt", flavor=flavor),
        font_of({}, flavor=flavor, after=b" of Maria Schmidt"),
        b"wOFF and what is no font, of Maria Schmidt",
    ]
    own = OwnValues({"identifier": {"Maria Schmidt": "people.name"}}, {})
    for content in planted:
        page = f'<style>@font-face {{ src: url("data:font/woff;base64,{base64.b64encode(content).decode()}") }}</style>'
        assert leaks(pieces_of(page.encode(), "x.html"), own, allowed=(), declared=""), content[:40]


def test_the_outlines_of_a_font_raise_no_alarm():
    """Read as text they said ``QQ`` and a number, and a report in Chinese was warned of a telephone."""
    assert len("".join(texts_in(font_of({})))) < 3000
    words = OwnValues({"identifier": {"qq": "people.name"}}, {})
    page = f'<style>src: url("data:font/woff;base64,{base64.b64encode(font_of({})).decode()}")</style>'
    assert leaks(pieces_of(page.encode(), "x.html"), words, allowed=(), declared="") == []


def test_cells_of_word_are_cells():
    row = "".join(
        f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in ("0", "0", "0", "0", "80")
    )
    own = OwnValues({"identifier": {"TEST-000080": "people.number"}}, {})
    assert (
        leaks(pieces_of(f"<w:document>{row}</w:document>".encode(), "x.xml"), own, allowed=(), declared="")
        == []
    )


def test_a_digest_is_passed_over_and_text_that_is_written_like_one_is_not():
    own = OwnValues({"identifier": {"Maria Schmidt": "people.name"}}, {})
    hidden = "seen by Dr. Maria Schmidt twice."
    for encoded in (
        hidden.encode(),
        "Maria Schmidt 1.".encode("utf-16-le"),
        "Maria Schmidt 1.".encode("utf-16-be"),
    ):
        assert len(encoded) == 32
        assert leaks(pieces_of(encoded.hex().encode(), "x.json"), own, allowed=(), declared="")
    (piece,) = pieces_of(b'{"a": "' + hashlib.sha256(b"x").hexdigest().encode() + b'"}', "x.json")
    assert piece.words == '{"a": " "}'


def test_a_drawing_loses_its_coordinates_and_no_text():
    path = '<path d="M 10.5 20.25 \nL 30.125 40.5 \nz"/>'
    carried = base64.b64encode(path.encode()).decode()
    for page in (f"<svg>{path}</svg>", f'<img src="data:image/svg+xml;base64,{carried}"/>'):
        seen = "".join(piece.everything for piece in pieces_of(page.encode(), "a.html"))
        assert "20.25" not in seen and "40.5" not in seen
    for hidden in ("M 1.5 2.5 RA-007", "RA-007", "M 19620514 5 L 14.05.1962 3.5", "L 14.5.1962"):
        page = f'<svg><path d="{hidden}"/></svg>'
        assert leaks(pieces_of(page.encode(), "a.html"), VALUES, allowed=(), declared=""), hidden
    for letters in (
        '<path id="RA-007" d="M 1 2"/>',
        '<use xlink:href="#RA-007"/>',
        '<use href="#DejaVuSans-RA-007"/>',
        '<g id="RA-007"/>',
        '<rect class="RA-007" width="3.5" height="2"/>',
        '<g style="fill: #1c2127; font-family: RA-007"/>',
        '<style>[style*="fill: RA-007"]{fill:#7ab3fe!important}</style>',
        "<g id='text_3'><!-- RA-007 --></g>",
    ):
        assert leaks(pieces_of(letters.encode(), "a.html"), VALUES, allowed=(), declared=""), letters


@pytest.mark.usefixtures("pdf_pages")
def test_the_title_of_a_section_of_a_pdf_is_read_and_how_it_is_written_down_is_no_token(tmp_path):
    import typst

    (tmp_path / "one.typ").write_text("= 研究摘要与方法和结果的说明\n\n文字", encoding="utf-8")
    typst.compile(tmp_path / "one.typ", output=tmp_path / "one.pdf")
    found = list(texts_in((tmp_path / "one.pdf").read_bytes()))
    assert any("研究摘要" in text for text in found)
    assert [text for text in found if re.search("(?i)FEFF[0-9A-F]{20}", text)] == []
