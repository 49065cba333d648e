"""What may leave the house: the study's values are found wherever they hide, small counts and patients listed."""

import base64
import json
import struct
import unicodedata
import zlib
from datetime import date
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from babel import localedata
from babel.dates import get_month_names
from tiny_study import study_file

from analysis import read
from pipeline.project import Project, UserError, as_json, sha256
from pipeline.share import PROFILES
from pipeline.share.days import MONTH, dates_in
from pipeline.share.names import Folded, forms_of
from pipeline.share.page import pieces
from pipeline.share.scan import leaks
from pipeline.share.spelling import folded
from pipeline.share.values import OwnValues, own_values

OWN = """\
contact: {name: Office, email: office@example.org}
identifiers: [remark]
sources:
  - {id: people, type: csv, path: data/tiny/people.csv}
  - {id: events, type: csv, path: data/tiny/events.csv}
tables:
  subjects:
    - from: people
      columns: {subject_id: id, age: age, birth_date: born, screen_date: seen}
      constant_columns: {enrolled: 1}
  adverse_events:
    - from: events
      columns: {subject_id: id, ae_id: number, term_verbatim: what}
"""
STUDY = study_file(OWN)
# id, name, hospital number, initials (too short to look for), remark, age, birth date, day of screening
PEOPLE = """\
id,patient_name,hospital_no,initials,remark,age,born,seen
T-001,王小明,H100234,WX,knows the head nurse,50,1975-03-02,2025-01-09
T-002,Margarete Schulz,H100235,MS,,61,1963-11-30,2025-01-10
T-003,李雷,H100236,LL,,47,1977-08-15,2025-02-01
T-003,李雷,H100236,LL,,47,1977-08-15,2025-02-01
"""
EVENTS = "id,number,what\nT-001,1,fell off the ladder at the harbour\nT-002,2,headache\nT-003,3,headache\n"
REPORT = "report: {name}\nnotebooks:\n  - name: tiny\n"
TEXT = "---\ntitle: A tiny study\n---\n\nScreening ended on 2025-02-01.\n"


def run_of(project: Project) -> Path:
    """The folder of a run, as rendering leaves it: settings, the tables that were read, and what was read."""
    study = read.study(project.root / "params" / "tiny" / "study.yml")
    outcome = read.tables(study, root=project.root)
    run = project.build / "tiny" / "final"
    (run / "data").mkdir(parents=True, exist_ok=True)
    for name, table in outcome.tables.items():
        table.to_parquet(run / "data" / f"{name}.parquet", index=False)
    datasets = {name: {"sha256": sha256(run / "data" / f"{name}.parquet")} for name in outcome.tables}
    files = outcome.files.to_dict("records")
    (run / "data" / "index.json").write_text(
        as_json({"datasets": datasets, "files": files}), encoding="utf-8"
    )
    settings = {"study": study.model_dump(mode="json", by_alias=True), "analysis": {"notebooks": []}}
    (run / "settings.json").write_text(as_json(settings), encoding="utf-8")
    return run


def notebook(*cells: tuple[str, list[str]]) -> str:
    """A notebook of code cells, each a source and its tags."""
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": s, "metadata": {"tags": tags}} for s, tags in cells]}
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A project with one small study."""
    root = tmp_path_factory.mktemp("share")
    files = {
        "_quarto.yml": "",
        "params/tiny/study.yml": STUDY,
        "params/tiny/final.yml": REPORT.format(name="final"),
        "reports/tiny/final.qmd": TEXT,
        "reports/_parts/_a.qmd": "",
        "notebooks/tiny.ipynb": notebook(("1", [])),
        "data/tiny/people.csv": PEOPLE,
        "data/tiny/events.csv": EVENTS,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Project(root)


@pytest.fixture(scope="module")
def values(project) -> OwnValues:
    return own_values(project, run_of(project), said="2025-01-10T08:00:00+00:00")


def found(values, page: str, *, policy: str = "strict-10") -> set[tuple[str, str]]:
    """Kind and place of what the scan finds in a page."""
    allowed = PROFILES[policy].allowed
    hits = leaks(pieces(page), values, allowed=allowed, declared=STUDY)
    return {(hit.kind, hit.where) for hit in hits}


def kinds(values, text: str, **options) -> set[str]:
    return {kind for kind, _ in found(values, f'<p id="here">{text}</p>', **options)}


# ---------------------------------------------------------------- which values are looked for


def test_the_values_are_those_of_the_sources_with_identifiers_by_name_and_by_declaration(values):
    assert set(values.texts["identifier"]) == {
        "王小明",
        "李雷",
        "Margarete Schulz",
        "H100234",
        "H100235",
        "H100236",
        "knows the head nurse",
    }
    assert set(values.texts["subject id"]) == {"T-001", "T-002", "T-003"}
    assert set(values.texts["free text"]) == {
        "fell off the ladder at the harbour"
    }  # headache: two have it, and short


def test_values_too_short_to_tell_are_counted_not_forgotten(values):
    assert values.skipped == {"identifier": 3}  # the initials


def test_days_the_report_states_itself_are_no_secret_but_birth_dates_always_are(values):
    assert values.days == {
        date(2025, 1, 9): "date",  # not the 10th: the day of rendering; not 1 February: in the text
        date(1975, 3, 2): "birth date",
        date(1963, 11, 30): "birth date",
        date(1977, 8, 15): "birth date",
    }


# ---------------------------------------------------------------- wherever they hide


def png(kind: bytes, body: bytes) -> str:
    """A picture with a text, as a data address."""
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk).decode()


SVG = "<svg><text>T-001</text></svg>"
LONG = b"a long row of values with T-001 in it"
HIDDEN = {
    "text": "T-001",
    "lower case": "t-001",
    "entities": "T&#45;001",
    "typographic dash": "T\u2011001",
    "without its dash": "T001",
    "with a blank": "T 001",
    "without zeros": "T-1",
    "over a line break": "T-\n001",
    "percent-encoded": "T%2D001",
    "percent-encoded twice": "T%252D001",
    "hexadecimal": "54 2d 30 30 31",
    "full width": "\uff34-\uff10\uff10\uff11",
    "soft hyphen": "T-0\u00ad01",
    "broken by a tag": "T-<b>001</b>",
    "alternative text": '<img alt="Course of T-001">',
    "comment": "<!-- T-001 -->",
    "script": '<script>var row = {"id": "T-001"}</script>',
    "escape in a script": '<script>var id = "\\u0054-001"</script>',
    "attribute": '<td data-subject="T-001">x</td>',
    "svg as base64": f'<img src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}">',
    "svg with percent signs": f'<img src="data:image/svg+xml,{quote(SVG)}">',
    "base64 in a script": f'<script>load("{base64.b64encode(LONG).decode()}")</script>',
    "text of a picture": f'<img src="{png(b"tEXt", b"Comment" + bytes(1) + b"T-001")}">',
    "compressed text of a picture": f'<img src="{png(b"zTXt", b"Comment" + bytes(2) + zlib.compress(b"T-001"))}">',
    "international text of a picture": f'<img src="{png(b"iTXt", b"C" + bytes(5) + b"T-001")}">',
}


@pytest.mark.parametrize("page", HIDDEN.values(), ids=HIDDEN)
def test_a_subject_id_is_found_in(values, page):
    assert kinds(values, page) == {"subject id"}


@pytest.mark.parametrize("text", ["XT-0012", "T-0011", "AT-001", "T-004"])
def test_what_only_resembles_a_value_is_not_it(values, text):
    assert kinds(values, text) == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("王小明", "identifier"),
        ("患者王小明来诊", "identifier"),  # Chinese is written without blanks
        ("MARGARETE SCHULZ", "identifier"),
        ("H100234", "identifier"),
        ("She knows the head nurse.", "identifier"),
        ("fell off the ladder at the harbour", "free text"),
        ("2 March 1975", "birth date"),
        ("9 January 2025", "date"),
        ("20250109", "date"),
    ],
)
def test_names_remarks_and_days_are_found(values, text, kind):
    assert kinds(values, text) == {kind}


def test_the_place_is_the_nearest_label(values):
    page = (
        '<h2 id="sec-x">x</h2><div id="cell-tbl-a"><table id="tbl-a"></table>T-001</div><p id="end">T-002</p>'
    )
    assert found(values, page) == {("subject id", "#tbl-a"), ("subject id", "#end")}


def test_identifiers_are_masked_in_what_is_told(values):
    hits = leaks(pieces("王小明 H100234"), values, allowed=(), declared="")
    assert {hit.what for hit in hits} == {
        "王... (3 characters) (people.patient_name)",
        "H... (7 characters) (people.hospital_no)",
    }


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025-01-09", {(2025, 1, 9)}),
        ("2025/1/9", {(2025, 1, 9)}),
        ("9.1.2025", {(2025, 1, 9), (2025, 9, 1)}),
        ("2025年1月9日", {(2025, 1, 9)}),
        ("9th Jan 2025", {(2025, 1, 9)}),
        ("January 9, 2025", {(2025, 1, 9)}),
        ("2025-01-09T10:00:00", {(2025, 1, 9)}),
        ("2025-02-30", set()),
        ("January 2025", set()),
        ("a20250109f", set()),  # part of a hash
    ],
)
def test_days_are_read_as_people_write_them(text, days):
    assert {(day.year, day.month, day.day) for day in dates_in(text)} == days


def month_names(languages) -> dict[str, set[int]]:
    """Names of months in the tables of Unicode, and which months are called so."""
    found: dict[str, set[int]] = {}
    kinds = product(("wide", "abbreviated"), ("format", "stand-alone"), languages)
    for number, name in (entry for kind in kinds for entry in get_month_names(*kind).items()):
        word = unicodedata.normalize("NFKC", name).lower().rstrip(".").strip().split(" of ")[-1]
        found.setdefault(word, set()).add(number)
    return found


def test_months_are_called_as_in_the_tables_of_unicode():
    languages = (
        "en de fr es it pt nl da sv nb fi is pl cs sk hr sl hu ro tr et lv lt ru uk bg sr el"
        " ar fa he hi bn ta te th ka hy am ur mr ne"
    )
    usual = {"sept", "mrz", "mär", "janv", "fev", "fevrier", "aout", "decembre", "okt", "dez"}
    everywhere = month_names(localedata.locale_identifiers())
    assert not {name for name, months in MONTH.items() if not months <= everywhere.get(name, set())} - usual
    missed = {
        name: months
        for name, months in month_names(languages.split()).items()
        if len(name) >= 3 and name.isalpha() and name not in MONTH
    }
    assert not missed, missed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/home/ann/study/data.csv", "absolute path"),
        ("C:\\Users\\ann\\x.csv", "absolute path"),
        ("file:///srv/x", "absolute path"),
        ("\\\\server\\share", "absolute path"),
        ("ann@hospital.example.org", "e-mail"),
        ("ghp_" + "a1" * 18, "token"),
        ("0123456789ABCDEF" * 2, "token"),  # the form of REDCap's
        ("postgresql://ann:secret@server/db", "token"),
    ],
)
def test_paths_addresses_and_tokens_are_found(values, text, kind):
    assert kind in kinds(values, text, policy="team")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/home/ann",
        "data/tiny/people.csv",
        "../data/x.csv",
        "office@example.org",  # the contact that the study file names
        "a1b2c3d4" * 8,  # a digest
        "and/or",
    ],
)
def test_what_may_stay_is_not_reported(values, text):
    assert kinds(values, text) == set()


def test_the_address_of_a_live_source_is_found(project, monkeypatch, tmp_path):
    monkeypatch.setenv("TINY_URL", "redcap.hospital.internal")
    study = project.root / "params" / "tiny" / "study.yml"
    live = "  - {id: live, type: sql, url_env: TINY_URL, query: select 1}\n"
    values = OwnValues(texts={"access": {"redcap.hospital.internal": "TINY_URL"}})
    from analysis import read
    from pipeline.share.values import _secrets

    study_file = tmp_path / "study.yml"
    study_file.write_text(
        study.read_text(encoding="utf-8").replace("  - {id: events,", live + "  - {id: events,"),
        encoding="utf-8",
    )
    assert _secrets(read.study(study_file))["redcap.hospital.internal"] == "TINY_URL"
    assert kinds(values, "from redcap.hospital.internal") == {"access", "host"}


# ---------------------------------------------------------------- policies


def test_the_team_may_see_subjects_and_days_but_nobody_sees_names_and_birth_dates(values):
    text = "T-001 2025-01-09 fell off the ladder at the harbour 王小明 1975-03-02 /home/ann/x"
    assert kinds(values, text, policy="team") == {"identifier", "birth date", "absolute path"}
    assert kinds(values, text) == {
        "subject id",
        "date",
        "free text",
        "identifier",
        "birth date",
        "absolute path",
    }


# ---------------------------------------------------------------- compared with the run, not with the data of today


def test_somebody_withdrawn_from_the_export_is_still_looked_for(project, tmp_path):
    import shutil

    root = tmp_path / "copy"
    shutil.copytree(project.root, root)
    copy = Project(root)
    run = run_of(copy)
    people = root / "data" / "tiny" / "people.csv"
    kept = root / "locks" / "tiny" / "2025-01-01T000000Z" / "sources" / "data" / "tiny" / "people.csv"
    kept.parent.mkdir(parents=True)
    shutil.copy2(people, kept)
    people.write_text(
        PEOPLE.replace("T-001,王小明,H100234,WX,knows the head nurse,50,1975-03-02,2025-01-09\n", "")
    )
    values = own_values(copy, run)
    assert "王小明" in values.texts["identifier"] and "T-001" in values.texts["subject id"]
    kept.unlink()
    with pytest.raises(UserError, match="source people is not at hand as the report read it"):
        own_values(copy, run)


@pytest.mark.parametrize(
    ("value", "text", "stands"),
    [
        ("TEST-000001", "p = 0.000001, 10000010, a0000-01", False),
        ("TEST-000001", "number 000 001 of the list", True),
        ("TEST-000001", "test 00.00-01.", True),
        ("TEST-000100", "rapid3 1130 204 0 0.00 1.00 2.88 98", False),  # numbers of a table beside each other
        ("TEST-000100", "test 000.100, 000 100", True),
        ("A 1234567", "x1234567, 1234567.5, 12345678", False),
        ("A 1234567", "12 3456 7", True),
        ("A 1234567", "1234 5671234567", False),
    ],
)
def test_a_number_is_found_around_its_digits_as_in_the_whole_text(value, text, stands):
    """The quick way, around the places where the digits stand, against the pattern over all of the text."""
    padded = f"{'3.14 and 1-2 ' * 50}{folded(text)}{' 5/6 or 7' * 50}"
    forms = [form for _, _, form in forms_of(value)]
    assert any(form.search(padded) for form in forms) == stands
    assert Folded.of(padded).holds(value, forms_of) == stands


def test_where_signs_are_left_out_between_digits_places_stay_those_of_the_text():
    text = "a 1 2-3.4 b 12-34 and 1/2/3/4"
    found = [text[start:end] for start, end in Folded.of(text).places("1234")]
    assert found == ["1 2-3.4", "12-34", "1/2/3/4"]
