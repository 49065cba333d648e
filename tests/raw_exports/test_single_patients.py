"""Single patients with known answers on the way of production: depot injections, and the study's own list of drugs."""

import random
from datetime import date, timedelta

import pytest

from analysis import read
from analysis.study import StudyFileError
from raw_exports import arthritis as ra
from raw_exports import judging
from raw_exports.arthritis_export import export
from raw_exports.plain import Course
from raw_exports.writing import ENGLISH

CONSENT = date(2024, 3, 15)
SEEN = {
    "tjc": 0,
    "sjc": 0,
    "ptga": 0,
    "phga": 0,
    "pain": 0,
    "items": [0] * 20,
    "crp": 1.0,
    "esr": 5,
    "date": CONSENT,
}


def days_before(days):
    return CONSENT - timedelta(days=days)


def person(**changes):
    """Somebody with two mechanisms failed and well-controlled disease; only 2c can carry criterion 2."""
    courses = [
        Course("csDMARD", "methotrexate", days_before(2000), days_before(1500), "primary_inefficacy"),
        Course("biologic", "adalimumab", days_before(1400), days_before(1000), "primary_inefficacy"),
        Course("biologic", "tocilizumab", days_before(900), days_before(600), "secondary_inefficacy"),
    ]
    told = {
        "consent": CONSENT, "born": date(1960, 1, 1), "born_written": "day", "screened": CONSENT, "willing": True,
        "items": [True] * 7, "count": 7, "joints": (2, 8), "rf": 100, "acpa": 100,
        "apr": True, "weeks": 50, "score": 10,
        "courses": courses, "beside": [], "depot": None, "c2b": False, "c2c": True, "c2e": False, "c3": (True, True),
        "restricted": False, "contraindicated": False, "films": None,
        "visits": {"W00": SEEN | {"prednisone": 10}},
    }  # fmt: skip
    more = changes.pop("more", [])
    return ra.Patient(**(told | changes | {"courses": [*changes.get("courses", courses), *more]}))


def judged(patients, folder, root, listed=None):
    """What the criteria say, and the coded drugs; `listed` are the lines of the study's own list."""
    file = export(patients, folder, ENGLISH, random.Random(1))
    if listed is not None:
        (folder / "own.csv").write_text("name,drug,class,moa\n" + listed, encoding="utf-8")
        file.write_text(file.read_text(encoding="utf-8") + "drugs: own.csv\n", encoding="utf-8")
    judged = judging.derive(file, root / "params/ra_cohort/eligibility.yml")
    return judged.found, judged.queries


@pytest.mark.parametrize(
    "depot", [None, days_before(1), days_before(100), days_before(517), days_before(516)]
)
def test_a_single_depot_injection_leaves_the_days_of_prednisone_known(tmp_path, root, depot):
    taken = Course("GC", "prednisone", days_before(517), None, dose=10, frequency="once daily")

    found, _ = judged({"A": person(depot=depot, more=[taken])}, tmp_path, root)

    difficult = found["difficult"].set_index("subject_id").loc["A"]
    assert (difficult["gc_days_min"], difficult["gc_days_max"]) == (517, 517)
    assert (difficult["result"], difficult["carried_by"]) == ("yes", "2c")


def test_a_depot_injection_alone_is_no_dose_that_cannot_be_tapered(tmp_path, root):
    patients = {"A": person(depot=days_before(30), visits={"W00": SEEN | {"prednisone": 0}})}

    found, _ = judged(patients, tmp_path, root)

    assert found["difficult"]["result"].tolist() == ["no"]


NOVEL = Course("unknown", "KX-2391", days_before(500), days_before(200), "primary_inefficacy")
ONE_FAILED = [
    Course("csDMARD", "methotrexate", days_before(2000), days_before(1500), "primary_inefficacy"),
    Course("biologic", "adalimumab", days_before(1400), days_before(1000), "primary_inefficacy"),
]


def active():
    return person(courses=ONE_FAILED, more=[NOVEL], c2b=True)


def test_a_name_that_nobody_knows_is_a_query_with_the_row_to_fill_in(tmp_path, root):
    found, queries = judged({"A": active()}, tmp_path, root)

    assert found["difficult"]["result"].tolist() == ["indeterminate"]
    assert found["eligibility"]["status"].tolist() == ["query"]
    assert (
        queries.astype(str).apply(lambda column: column.str.contains("KX-2391", regex=False)).any(axis=None)
    )


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("KX-2391,kexumab,bDMARD,IL6i\n", "yes"),
        ("KX-2391,kexumab,bDMARD,TNFi\n", "no"),  # of the mechanism that had failed already
        ("KX-2391,tocilizumab,,\n", "yes"),  # a drug of the dictionary
        ("KX-2391,vitamin X,other,\n", "no"),
    ],
)
def test_the_list_of_the_study_in_a_file_settles_it(tmp_path, root, line, result):
    found, _ = judged({"A": active()}, tmp_path, root, listed=line)

    assert found["difficult"]["result"].tolist() == [result]
    assert "unknown" not in set(found["treatments"]["class"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("KX-2391,kexumab,bDMRAD,IL6i\n", "bDMARD"),  # the nearest class
        ("KX-2391,kexumab,,\n", "class"),
        (",kexumab,bDMARD,IL6i\n", "name"),
        ("KX-2391,kexumab,bDMARD,IL6i\nKX-2391,kexumab,other,\n", "twice"),
    ],
)
def test_a_list_that_says_too_little_is_refused(tmp_path, root, line, said):
    with pytest.raises(StudyFileError, match=said):
        judged({"A": active()}, tmp_path, root, listed=line)


def test_a_list_that_is_not_there_is_told(tmp_path, root):
    file = export({"A": active()}, tmp_path, ENGLISH, random.Random(1))
    file.write_text(file.read_text(encoding="utf-8") + "drugs: not_there.csv\n", encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"not_there\.csv"):
        read.study(file)
