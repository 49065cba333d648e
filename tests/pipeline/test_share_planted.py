"""Leaks planted by somebody who has not written the recognisers: other forms, other places, other encodings."""

import html
import re
import shutil
from datetime import date
from pathlib import Path

import planted_again
import planted_eighth
import planted_eleventh
import planted_fourteenth
import planted_ninth
import planted_seventh
import planted_sixth
import planted_tenth
import planted_thirteenth
import planted_twelfth
import planted_unseen
import pytest
from planted import archive, more_places, page, picture, places, text

from pipeline.share.page import pieces_of
from pipeline.share.scan import leaks
from pipeline.share.values import OwnValues

BORN, SEEN = date(1957, 11, 3), date(2024, 8, 26)
REMARK = "Patient moved to Rotterdam and sees a chiropractor every Tuesday"
CHINESE = "患者因家庭原因迁往青岛并在当地医院随访"
VALUES = OwnValues(
    texts={
        "identifier": dict.fromkeys(
            ["欧阳建国", "李娜", "Jürgen Weiß", "O'Brien Siobhan", "MRN-77120456", "Nguyễn Thị Hoa"],
            "people.name",
        ),
        "subject id": dict.fromkeys(["DM-0042", "SH03-117", "受试04-19", "P_2291", "860417"], "subject_id"),
        "every subject id": dict.fromkeys(
            ["DM-0042", "SH03-117", "受试04-19", "P_2291", "860417", "23"], "subject_id"
        ),
        "free text": dict.fromkeys([REMARK, CHINESE], "visits.remark"),
        "access": {"edc.rheuma-klinik.example": "EDC_URL"},
    },
    days={BORN: "birth date", SEEN: "date"},
)
WHO = {"subject id": "DM-0042", "identifier": "欧阳建国", "birth date": "1957-11-03", "free text": REMARK}
WHO_AGAIN = {
    "subject id": "SH03-117",
    "identifier": "Jürgen Weiß",
    "birth date": "3 November 1957",
    "free text": CHINESE,
}


def written() -> list[tuple[str, str]]:
    """Kinds and texts of tests/data/planted.txt."""
    found, kind = [], ""
    for line in (
        (Path(__file__).parents[1] / "data" / "planted.txt").read_text(encoding="utf-8").splitlines()[1:]
    ):
        if line.startswith("["):
            kind = line.strip("[]")
        elif line:
            found.append(
                (kind, SIGNS.sub(lambda sign: sign[0].encode("ascii").decode("unicode_escape"), line))
            )
    return found


SIGNS = re.compile(r"\\(?:[nt\\]|xa0|u[0-9a-f]{4})")
PLANTS = [
    *((kind, value, "text", text(value)) for kind, value in written()),
    *((kind, value, place, made) for kind, value in WHO.items() for place, made in places(value).items()),
    *(
        (kind, value, place, made)
        for kind, value in WHO_AGAIN.items()
        for place, made in more_places(value).items()
    ),
]


def found(name: str, content: bytes) -> set[str]:
    hits = leaks(pieces_of(content, name), VALUES, allowed=(), declared="contact: office@example.net")
    return {hit.kind for hit in hits}


def test_what_others_have_planted_is_found_and_none_that_is_missed_names_anybody():
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed")
    missed = [(kind, value, place) for kind, value, place, made in PLANTS if kind not in found(*made)]
    assert len(PLANTS) >= 800 and len(missed) <= 0.02 * len(PLANTS), missed
    assert not [one for one in missed if one[0] in ("subject id", "identifier", "birth date")], missed


def carried(text: str, *, is_markup: bool, turn: int) -> tuple[str, bytes]:
    """A leak in a page, and every other one in Word, a table and a picture in turn."""
    if is_markup or turn % 2:
        return page(f"<div>{text if is_markup else html.escape(text)}</div>")
    run = html.escape(text)
    return (
        archive({"word/document.xml": f"<w:p><w:r><w:t>Note: {run}</w:t></w:r></w:p>"}),
        ("x.csv", ('a,b\n1,"' + text.replace('"', '""') + '"\n').encode()),
        page(f"<img alt='{html.escape(text)}'>"),
        ("x.png", picture((b"iTXt", b"Comment" + bytes(5) + text.encode()))),
    )[turn // 2 % 4]


def own(module, numbers: list[str], texts: list[str], **days: str) -> OwnValues:
    """The values that a planter has used."""
    ids = dict.fromkeys(module.IDS, "subject_id")
    return OwnValues(
        texts={
            "identifier": dict.fromkeys(module.NAMES, "people.name"),
            "subject id": ids,
            "every subject id": ids | dict.fromkeys(numbers, "subject_id"),
            "free text": dict.fromkeys(texts, "visits.remark"),
        },
        days={getattr(module, name): kind.replace("_", " ") for name, kind in days.items()},
    )


def missed_by(plants, values: OwnValues) -> list:
    """Kind, text and file of the leaks that are not found; of a secret any kind will do."""
    missed = []
    for kind, planted, (name, content) in plants:
        hits = {one.kind for one in leaks(pieces_of(content, name), values, allowed=(), declared="")}
        if not (kind in hits or (kind == "secret" and hits)):
            missed.append((kind, planted, name))
    return missed


def test_what_a_fourth_planter_left_is_found():
    given = planted_again
    texts = [given.R1, given.R2, given.R3]
    values = own(given, given.NUM, texts, BORN="birth_date", BORN2="birth_date", SEEN="date")
    plants = [
        (kind, text, carried(text, is_markup=is_markup, turn=turn))
        for turn, (kind, text, is_markup) in enumerate(given.PLANTS)
    ]
    assert len(plants) >= 190 and not missed_by(plants, values)


def test_what_a_fifth_planter_left_is_found():
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed")
    given = planted_unseen
    values = own(given, given.BARE, [given.REMARK, given.CHINESE], BORN="birth_date", SEEN="date")
    plants = [(kind, f"{value} ({place})", made) for kind, value, place, made in given.plants()]
    assert len(plants) >= 1000 and not missed_by(plants, values)


@pytest.mark.parametrize(
    ("given", "least", "told_by_nothing"),
    [
        (planted_sixth, 230, 0),
        (planted_seventh, 480, 0),
        (planted_eighth, 280, 0),
        (planted_ninth, 560, 5),  # a bare number beside which nothing says that it is a person's
        (planted_tenth, 560, 6),
    ],
)
def test_what_later_planters_left_is_found(given, least, told_by_nothing):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed")
    values = own(given, given.BARE, [given.REMARK, given.CHINESE], BORN="birth_date", SEEN="date")
    plants = given.plants()
    missed = missed_by(plants, values)
    assert len(plants) >= least and len(missed) <= told_by_nothing, missed
    assert {kind for kind, *_ in missed} <= {"subject id"}, missed


@pytest.mark.parametrize(
    ("given", "least"),
    [(planted_eleventh, 1150), (planted_twelfth, 390), (planted_thirteenth, 840), (planted_fourteenth, 450)],
)
def test_what_the_last_planters_left_is_found_but_for_what_is_known_to_be_open(given, least):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed")
    values = own(given, given.BARE, [given.REMARK, given.CHINESE], BORN="birth_date", SEEN="date")
    plants = given.plants()
    missed = {text for _, text, _ in missed_by(plants, values)}
    assert len(plants) >= least and len(given.OPEN) <= 0.03 * len(plants)
    assert missed <= given.OPEN, missed - given.OPEN


def test_numbers_that_follow_one_another_spell_no_day():
    values = OwnValues(days={date(2025, 1, 21): "date"})  # day 45678 of a spreadsheet
    for row in ("52, 53, 54, 55, 56", "34 35 36 37 38"):
        assert not leaks(pieces_of(*page(f"<p>{row}</p>")[::-1]), values, allowed=(), declared="")


def test_a_surname_alone_is_found_where_the_project_does_not_use_the_word_itself():
    values = OwnValues(texts={"identifier": dict.fromkeys(["Edwin Wilson", "Rosa Lindqvist"], "people.name")})
    told = [
        [
            one.what
            for one in leaks(pieces_of(*page(f"<p>{text}</p>")[::-1]), values, allowed=(), declared=declared)
        ]
        for text, declared in (
            ("Intervals after Wilson", ""),
            ("Lindqvist did not come", ""),
            ("Lindqvist K. Methods", "author = {Lindqvist, Karin}"),
            ("lindqvist, a small stream", ""),
        )
    ]
    assert [len(whats) for whats in told] == [0, 1, 0, 0]


CLEAN = [
    "In 2024, 3 (5 %) of 60; 12 10 2011 to 2013; Visit 23, week 24; 23 patients; patients 23 to 30 years old",
    "Weeks 0, 12, 24 | 2024 | 8 | 26 | mean 45.530 (SE 0.117) | 26.8 | 3.11 | 19.57 | 8.2624",
    "Wells G, Becker JC, Teng J. Ann Rheum Dis 2009;68(6):954-60. doi:10.1136/ard.2007.084459",
    "The token of trust; password policies; a secret ballot; phone interviews were not held; tel. on request",
    "1 2 3 4 5 6 7 8 9 10; a b 1 2 3 4 5 9 4 8; step 1 of 3 4 5; N = 20 18 17 16 15",
    "https://www.w3.org/2000/svg; http://example.org:80/; day 12, month 3; a 6-month period; 1e-5 1681257600",
    "021 123 456 | 020 18.4 1234 | 012-34 567; 05/2023 120; 0.05 200 150; (212) of 555",
    "Data cut all data; run 0001-20261129T1317Z; run 0123-20261129T1317Z",
    "row 001 2011-05-06; doi:10.1177/009286150804200402; 1. Summary 2. Patients 3. Change",
    "3 patients 2 patients",
    "weis(e), juergens, Li Namur, DM-004, DM-00421, SH03-1170, P_22917, 8604170, 1.860417",
    "<script>const tokens = parts.map(t => t.id); let a = b + c; // comment here</script>",
    "id,n\n1,23\n; patients: 23; Patients | 23 | of 860417.5; in patient number in 23 months; record 12, 23 in all",
    "<table><tr><th>Date<th>N<tr><td>2024<td>23</table><table><tr><th>No.<th>x<tr><td>23<td>4</table>",
    "DM-0042K3 XDM-0042 #a0458d; the mean (45,314) and 45314.5; m\u00b2, 10\u207b\u00b3; host 1.127.0.0",
    "label,count\nrheumatoid arthritis DM,42.0,134\n; DM 42.5; DM (42); DM 42 %; no DM 42; 非DM 42、其他 3; DM, 42.5",
    "23 (site); the ids are 4, 7; patient_23x; patients[23]; per_patient[i]; n = 23  # patients per group",
    "Patients | 20 | 23; 23 of the visits; subjects (n = 23); ids, 23 of them; subject to 23 %; a study of 23",
    '<script type="application/json">{"n": 23, "rows": [[23, 4]], "columns": ["n", "events"]}</script>',
    "<select name='visit'><option value=23>week 23</select><table><tr><td>3</td><td>11</td><td>2024</td></tr></table>",
    "第23个月、第 23 周；患者23例，受试者 23 名，对象 23 人；第23次随访；患者中位年龄 23 岁",
    "<td data-label='有基线值的患者' title='23'>23</td><i title='one patient' data-n='23'></i>",
    "7 7 1 2 0 456; 15 7 7 1 20 456",
    "2023-11-02T09:00:00Z; 11:03:57; (1957); 3 | 11 | 57; Mr. A. Li; van der Weiss; 23, 24 # of weeks",
    '<g id="patch_23"/><i data-label="patient global; week 24; all" data-n="23">x</i>',
    "<b>23</b> patients 23 patients ; response; N (patients) 23; scale to 23 (patient global); 23 (patients)",
    "number of patients: 23; numéro de visites 23; número de pacientes 23; inclusion 23; inclusions: 23",
    '{"title": {"text": "Patients"}, "values": [23, 11]} {"label": "Patients", "n": [23, 21]}',
    "subjects = [23, 21]; the patient with the longest follow-up: 23 months; the patient with most, 23 visits",
    "<table><tr><th>组别<th>患者<tr><td>A<td>23</table><table><tr><th>Visit<th>Patients<tr><td>0<td>23</table>",
    "<table><tr><th>Group<th>Case<th>Control<tr><td>A<td>23<td>41</table>; donors 23; children: 23; pages P23 and S23",
    "hasta 23 dias; letters 23.docx; 23 Larkspur; patients other than those (23); patients except 23 of them",
    "https://doi.org/10.1002/art. 1724630400. Seen in art. 23",  # seconds of 26 August 2024
    'pillow 10.2.0; {"pillow": "10.2.0"}; version 10.12.1',
    "RAPID23; a fall 23 weeks after; casino 23; valid 23, compat 23",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
]


@pytest.mark.parametrize("clean", CLEAN)
def test_clean_text_raises_no_alarm(clean):
    assert found("x.html", f"<html><body><p>{clean}</p></body></html>".encode()) == set()
