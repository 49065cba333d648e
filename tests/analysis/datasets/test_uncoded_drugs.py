"""Drugs on the path that production takes: read, code, derive, assess. A drug nobody knows harms nobody else."""

from dataclasses import dataclass

import pandas as pd
import pytest

from analysis import datasets, eligibility, read
from analysis.datasets.screening import tables_at_screening
from analysis.eligibility.engine import assess
from analysis.eligibility.known import Known, as_known
from analysis.eligibility.rules import RULES
from analysis.eligibility.tables import index_dates, prepare
from analysis.keys import keys
from analysis.read.rules import query_log

STUDIES = ("ra_cohort", "dm_abatacept")
PLACES = {"first": 0, "middle": 0.5, "last": 1}
NEVER_HEARD = ("某新药甲", "Nobodyknowsumab")


@dataclass(frozen=True)
class Built:
    """One built-in study, read and derived."""

    protocol: eligibility.Protocol
    tables: dict
    assessments: pd.DataFrame
    scores: pd.DataFrame


@pytest.fixture(scope="module")
def built(request):
    root = request.config.rootpath
    found = {}
    for name in STUDIES:
        study = read.study(root / "params" / name / "study.yml")
        tables = read.tables(study, root=root).tables
        subjects = datasets.with_points_2010(
            datasets.complete_subjects(tables["subjects"], tables.get("doses"))
        )
        assessments = datasets.assess_visits({**tables, "subjects": subjects}, study=study)
        found[name] = Built(
            eligibility.read_protocol(read.criteria(root / "params" / name / "eligibility.yml")),
            {**tables, "subjects": subjects},
            datasets.subjects.average_readers(assessments),
            datasets.derive_scores(assessments),
        )
    return found


def judged(study, treatments):
    """Code, derive and assess with these treatments."""
    coded = {**study.tables, "treatments": datasets.code_treatments(treatments)}
    return assess(tables_at_screening(coded, study.assessments, study.scores), study.protocol)


def who(study, place):
    """The first, the middle or the last subject, in the order in which they are counted."""
    subjects = study.tables["subjects"]
    dated = subjects[["baseline_date", "consent_date"]].notna().any(axis=1)
    ids = sorted(subjects.loc[dated, "subject_id"])
    return ids[round(PLACES[place] * (len(ids) - 1))]


def with_unknown_drugs(study, subject, *, stopped=None):
    """All drugs of one subject replaced by two that nobody knows, taken for 500 days."""
    treatments = study.tables["treatments"]
    row = study.tables["subjects"].set_index("subject_id").loc[subject]
    index = row["baseline_date"] if pd.notna(row["baseline_date"]) else row["consent_date"]
    start = index - pd.Timedelta(500, "D")
    lines = [
        {"subject_id": subject, "course_id": f"U{n}", "drug_raw": name, "start_date": start, "stop_date": stopped,
         "ongoing": stopped is None, "stop_reason": None if stopped is None else "adverse_event"}
        for n, name in enumerate(NEVER_HEARD)
    ]  # fmt: skip
    more = pd.DataFrame(lines).astype({name: treatments[name].dtype for name in lines[0]})
    return pd.concat([treatments[treatments["subject_id"] != subject], more], ignore_index=True)


class Watched:
    """What a rule is given, noting whether it looks at drugs."""

    def __init__(self, known):
        self.known, self.drugs = known, False

    def __getattr__(self, name):
        if name in ("courses", "of_class"):
            self.drugs = True
        return getattr(self.known, name)


def reads_drugs(study, criterion):
    """Whether the rule of a criterion looks at drugs, found by letting it run."""
    coded = {**study.tables, "treatments": datasets.code_treatments(study.tables["treatments"])}
    ready = prepare(tables_at_screening(coded, study.assessments, study.scores))
    columns = criterion.index_date or study.protocol.index_date
    watched = Watched(as_known(ready, index_dates(ready.subjects, columns)))
    RULES[criterion.rule](watched, **criterion.settings)
    return watched.drugs


EXPECTED = {"ra_cohort": ["I3", "I4", "E2"], "dm_abatacept": ["I3", "I4", "I5", "I6"]}


@pytest.mark.parametrize("name", STUDIES)
def test_the_criteria_that_read_drugs_are_found_by_walking_them(built, name):
    study = built[name]
    found = [criterion.id for criterion in study.protocol.criteria if reads_drugs(study, criterion)]

    assert found == EXPECTED[name]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", STUDIES)
def test_an_uncoded_drug_leaves_the_criteria_open_and_the_neighbours_alone(built, name, place):
    study = built[name]
    subject = who(study, place)
    before = judged(study, study.tables["treatments"])
    silent = Built(study.protocol, study.tables, _without_dose(study.assessments, subject), study.scores)

    found = judged(silent, with_unknown_drugs(study, subject))

    others = before.flags.index.drop(subject)
    pd.testing.assert_frame_equal(found.flags.loc[others], before.flags.loc[others])
    pd.testing.assert_frame_equal(found.subjects.loc[others], before.subjects.loc[others])
    for item in ("evidence", "values"):
        assert found.evidence(others)[item].tolist() == before.evidence(others)[item].tolist()
    judged_by_drugs = found.flags.loc[subject, EXPECTED[name]]
    assert (judged_by_drugs.isna() | _decided_otherwise(found, subject)).all(), judged_by_drugs.to_dict()
    assert found.status[subject] != "eligible"
    said = found.evidence([subject]).set_index("criterion")["evidence"]
    assert any(drug in said[criterion] for criterion in EXPECTED[name] for drug in NEVER_HEARD)


def _without_dose(assessments, subject):
    """The visits without the glucocorticoid dose of one subject, so that the courses have to tell it."""
    if "prednisone_mg_day" not in assessments:
        return assessments
    hidden = assessments["subject_id"].eq(subject)
    return assessments.assign(prednisone_mg_day=assessments["prednisone_mg_day"].mask(hidden))


def _decided_otherwise(found, subject):
    """Difficult-to-treat disease is surely absent where criterion 2 or 3 is, whatever the drugs are."""
    basis = found.findings["I4"].basis.loc[subject]
    absent = "c3" in basis and (basis["c2"] is False or basis["c3"] is False)
    dose_known = "mg_kg_day" in basis and pd.notna(basis["mg_kg_day"])
    return pd.Series({"I4": absent or dose_known}).reindex(EXPECTED[_study_of(found)], fill_value=False)


def _study_of(found):
    return "ra_cohort" if "E3" in found.flags else "dm_abatacept"


@pytest.mark.parametrize("place", PLACES)
def test_a_drug_nobody_knows_stopped_the_day_before_is_a_query_about_wash_out(built, place):
    study = built["dm_abatacept"]
    subject = who(study, place)
    baseline = (
        study.tables["subjects"].set_index("subject_id").loc[subject, ["baseline_date", "consent_date"]]
    )
    index = baseline.dropna().iloc[0]

    found = judged(study, with_unknown_drugs(study, subject, stopped=index - pd.Timedelta(1, "D")))

    assert pd.isna(found.flags.loc[subject, "I6"])
    assert NEVER_HEARD[0] in found.findings["I6"].words([subject]).iloc[0]


def test_a_name_that_is_not_coded_is_a_query_with_the_row_to_be_filled_in(built):
    study = built["dm_abatacept"]
    treatments = with_unknown_drugs(study, who(study, "first"))

    findings = datasets.coding_findings(treatments)
    log = query_log(findings)

    asked = log[log["raw"].eq(NEVER_HEARD[0])]
    assert asked["rule_id"].tolist() == ["T1"]
    assert f'{{name: "{NEVER_HEARD[0]}", drug: ?, class: ?, moa: ?}}' in asked["message"].item()
    own = [{"name": name, "drug": name, "class": "other"} for name in NEVER_HEARD]
    assert not datasets.coding_findings(treatments, own)["raw"].isin(NEVER_HEARD).any()


SITE = pd.DataFrame(
    [
        # the site's word against the dictionary's
        ("S1", "MTX", "leflunomide", None, None, "leflunomide", "csDMARD", "DHODH", ["drug"]),
        ("S1", "Humira", None, "other", None, "adalimumab", "other", "TNFi", ["class"]),
        # the site knows what the dictionary does not
        ("S2", "XYZ-123", "xyzumab", "bDMARD", "IL6i", "xyzumab", "bDMARD", "IL6i", []),
        ("S2", "XYZ-123", None, "bDMARD", None, "XYZ-123", "bDMARD", None, []),
        # the same as the dictionary: no question
        ("S3", "修美乐", "阿达木单抗", "bDMARD", "TNFi", "adalimumab", "bDMARD", "TNFi", []),
        # not coded by anybody; a class that does not exist is none
        ("S3", "XYZ-123", None, "生物制剂", None, None, "unknown", None, []),
    ],
    columns=["subject_id", "drug_raw", "drug", "class", "moa", "is_drug", "is_class", "is_moa", "asked"],
)


def test_what_the_site_coded_rules_and_a_difference_is_a_query():
    treatments = SITE[["subject_id", "drug_raw", "drug", "class", "moa"]].astype("str")

    coded = datasets.code_treatments(treatments)
    findings = datasets.coding_findings(treatments)

    for name in ("drug", "class", "moa"):
        said = coded[name].astype(object).where(coded[name].notna(), None).tolist()
        expected = SITE[f"is_{name}"].astype(object)
        assert said == expected.where(expected.notna(), None).tolist()
    differing = findings[findings["rule_id"] == "T2"]
    assert differing["variable"].tolist() == [name for asked in SITE["asked"] for name in asked]
    assert findings.loc[findings["rule_id"] == "T1", "raw"].tolist() == ["XYZ-123"]


def test_no_missing_category_is_a_key(root):
    """Codes of categories are taken in one place, which refuses a missing one."""
    allowed = {"keys.py", "intervals.py"}  # the latter checks the codes of subjects itself
    taken = [
        file.relative_to(root).as_posix()
        for file in (root / "src").rglob("*.py")
        if ".cat.codes" in file.read_text(encoding="utf-8") and file.name not in allowed
    ]

    assert taken == []
    with pytest.raises(ValueError, match="1 of 2 rows have no 'drug'"):
        keys(pd.Series(["a", None], name="drug", dtype="category"))


def test_every_course_has_a_drug_and_a_class_when_it_is_judged(built):
    study = built["dm_abatacept"]
    nameless = with_unknown_drugs(study, who(study, "last"))
    nameless = nameless.assign(drug_raw=nameless["drug_raw"].mask(nameless["drug_raw"].isin(NEVER_HEARD)))

    ready = prepare(
        tables_at_screening(
            {**study.tables, "treatments": datasets.code_treatments(nameless)},
            study.assessments,
            study.scores,
        )
    )

    assert ready.treatments[["drug", "class"]].notna().all(axis=None)
    assert isinstance(as_known(ready, index_dates(ready.subjects, "consent_date")), Known)
