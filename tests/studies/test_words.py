"""Words follow the settings: another primary score or response, and every text that names it names the new one."""

import re

import pytest

from analysis import read
from analysis.study import StudyFileError
from pipeline import awaited, resolve
from pipeline.variables import formatted
from pipeline.words import chosen_id, words_of
from studies.arthritis import methods
from studies.arthritis import words as arthritis
from studies.arthritis.d2t import item_labels
from studies.arthritis.sensitivity.choices import CUTOFFS, change_of
from studies.myositis import words as myositis

SCORES = {"cdai": ("CDAI", "10"), "sdai": ("SDAI", "11"), "das28_esr": ("DAS28-ESR", "3.2")}


def changed(root, tmp_path, name, *replacements):
    """A study of this project with parts of its file replaced."""
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    source = root / "params" / name
    text = (source / "study.yml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    (folder / "eligibility.yml").write_text((source / "eligibility.yml").read_text("utf-8"), encoding="utf-8")
    return read.study(folder / "study.yml")


PRIMARY = (
    "primary: {response: cdai_low, visit: W48, instrument: cdai}",
    "label: CDAI, role: primary",
    "role: primary}",
)


def cohort_by(root, tmp_path, score, visit="W48"):
    """The cohort with another primary score; its endpoint and response take over the role."""
    chosen, endpoint, response = PRIMARY
    name, low = SCORES[score][0], f"instrument: {score}, at_most: low}}, visits: [W12, W24, W48, W72, W96]"
    return changed(
        root,
        tmp_path,
        "ra_cohort",
        (chosen, f"primary: {{response: {score}_low, visit: {visit}, instrument: {score}}}"),
        (endpoint, "label: CDAI, role: secondary"),
        (f"label: {name}, role: secondary", f"label: {name}, role: primary"),
        (f", {response}", "}"),
        (f"{low}}}", f"{low}, {response}"),
        (
            "hypotheses: [{endpoint: cdai_low, visit: W48}]",
            f"hypotheses: [{{endpoint: {score}_low, visit: W48}}]",
        ),
        ("hypotheses: [{endpoint: cdai, visit: W48}]", f"hypotheses: [{{endpoint: {score}, visit: W48}}]"),
        *([] if score == "cdai" else [(f"          - {{endpoint: {score}, visit: W48}}\n", "")]),
    )


@pytest.mark.parametrize("score", SCORES)
def test_the_methods_name_the_primary_score_its_limit_and_its_visit(root, tmp_path, score):
    study, (name, limit) = cohort_by(root, tmp_path, score, visit="W24"), SCORES[score]
    chosen = methods.choices_made(study, read.criteria(root / "params" / "ra_cohort" / "eligibility.yml"))
    said = chosen.set_index("choice").loc["Primary target", "value"]
    assert said == f"{name} at most {limit} at week 24"


def test_the_cutoffs_that_results_are_named_by_are_those_of_the_scores():
    assert {arthritis.criterion(name): name for name in CUTOFFS.values()} == CUTOFFS


def test_the_words_of_the_text_follow_the_settings(root, tmp_path):
    study = cohort_by(root, tmp_path, "sdai")
    assert arthritis.in_prose(study) == {
        "primary-score": "SDAI",
        "primary-score-meaning": "Simplified Disease Activity Index",
        "primary-limit": "11",
        "primary-visit": "week 48",
        "primary-window": "days 253 to 420",
        "target-score": "CDAI",
        "target-days": "28",
        "leaving-reasons": "inefficacy or death",
    }
    assert change_of(study.settings.primary.instrument) == "Mean change of SDAI, points"


def test_the_numbers_of_the_text_are_those_of_the_response_that_was_chosen(root, tmp_path):
    said, parts = words_of(cohort_by(root, tmp_path, "sdai").model_dump(mode="json", by_alias=True))
    asked = "response_nri.cohort.primary_response.primary_visit.all.estimate"
    assert said["primary-score"] == "SDAI"
    assert chosen_id(asked, parts) == "response_nri.cohort.sdai_low.w48.all.estimate"
    keys = {"analysis": "response_nri", "variable": "sdai_low", "statistic": "estimate", "unit": "proportion"}
    row = {**keys, "result_id": chosen_id(asked, parts), "value": 0.25, "n": 4, "n_missing": 0}
    texts = formatted([{**row, "method": "", "notebook": "ra_activity"}], {}, used=[asked], chosen=parts)
    shown = texts["response_nri"]["cohort"]["primary_response"]["primary_visit"]["all"]["estimate"]
    assert "25.0\u00a0%" in shown
    assert "sdai_low" in shown  # what the page shows on request is the id of the result


def test_a_response_by_another_score_than_the_primary_one_is_refused(root, tmp_path):
    old = "primary: {response: cdai_low, visit: W48, instrument: cdai}"
    new = "primary: {response: cdai_low, visit: W48, instrument: sdai}"
    with pytest.raises(StudyFileError, match=r"settings\.primary\.response: 'cdai_low' is not low disease"):
        changed(root, tmp_path, "ra_cohort", (old, new))


def test_another_level_of_improvement_changes_the_words_of_the_text(root, tmp_path):
    study = changed(
        root,
        tmp_path,
        "dm_abatacept",
        ("primary: {response: tis_moderate, visit: W24}", "primary: {response: tis_minimal, visit: W12}"),
        (", role: primary}", "}"),
        ("settings: {minimum: 20},", "settings: {minimum: 20}, role: primary,"),
    )
    words = {"primary-limit": "20", "primary-degree": "minimal", "primary-visit": "week 12"}
    variable = "Total Improvement Score of at least 20 (minimal improvement) at week 12"
    assert myositis.estimands_in_words(study)[2]["primary"] == variable
    assert words.items() <= myositis.in_prose(study).items()
    ids = {"primary_response": "tis_minimal", "primary_visit": "w12", "visit_primary": "visit_w12"}
    assert myositis.in_ids(study) == ids


def test_a_primary_response_beside_another_with_that_role_is_refused(root, tmp_path):
    parts = ("primary: {response: tis_moderate, visit: W24}", "primary: {response: tis_minimal, visit: W12}")
    with pytest.raises(StudyFileError, match="is 'tis_minimal', and 'tis_moderate' has the role primary"):
        changed(root, tmp_path, "dm_abatacept", parts)
    with pytest.raises(StudyFileError, match="is 'cdai', and the endpoint of 'sdai' has the role primary"):
        changed(root, tmp_path, "ra_cohort", ("label: SDAI, role: secondary", "label: SDAI, role: primary"))


def test_a_place_that_the_words_of_an_estimand_do_not_have_is_refused(root, tmp_path):
    with pytest.raises(StudyFileError, match=r"no place \{limt\}; did you mean 'limit'"):
        changed(root, tmp_path, "dm_abatacept", ("at least {limit}", "at least {limt}"))


def test_a_primary_response_that_is_no_level_of_the_score_is_refused(root, tmp_path):
    parts = ("primary: {response: tis_moderate, visit: W24}", "primary: {response: imacs, visit: W24}")
    with pytest.raises(StudyFileError, match="'imacs' is no level of the Total Improvement Score"):
        changed(root, tmp_path, "dm_abatacept", parts)


OWN = (
    r"CDAI \[@aletaha2005\], SDAI and DAS28|a CDAI better by half|"
    r"with it the Simplified Disease Activity Index \(SDAI\) "
    r"and the Disease Activity Score of 28 joints \(DAS28\): CDAI, which has none"
)
ASKED = re.compile(r"\{\{<\s*var\s+([\w.-]+)\s*>\}\}")
WEEK, YEAR = re.compile(r"(?<!from )\bweek (\d+)"), re.compile(r"(?<!at least )\b(?:one|a) year")


def told(root, study, report):
    """Paragraphs of a report, and what its first screen says."""
    found = resolve._read(root, study, report)
    shown = found.analysis["headline"]
    screen = [shown["finding"], shown["caution"], *shown["certainty"]]
    screen += ["{label} {{{{< var {result} >}}}}".format(**number) for number in shown["numbers"]]
    texts = "\n\n".join(awaited.texts_of(root, study, report))
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n|\n(?=[|#-])", texts)] + screen


@pytest.mark.parametrize("report", ["interim", "final"])
def test_no_text_names_what_the_settings_choose(root, report):
    """Neither score nor visit nor an id of them; a visit in words is that of an id beside it."""
    for study, own in (("ra_cohort", {"cdai", "cdai_low"}), ("dm_abatacept", {"tis_moderate"})):
        for text in told(root, study, report):
            ids = [name.split(".") for name in ASKED.findall(text)]
            assert not [name for name in ids if own & set(name)], text
            assert not re.search(r"\b(CDAI|SDAI|DAS28)\b", re.sub(OWN, "", text)) or study != "ra_cohort", (
                text
            )
            parts = [re.search(r"(?:^|_)w(\d+)$", part) for name in ids for part in name]
            beside = {int(found[1]) for found in parts if found}
            weeks = {int(week) for week in WEEK.findall(text)}
            assert weeks <= beside or "[@" in text, text
            assert beside - {0} <= weeks or "primary-visit" not in text, text
            assert not YEAR.search(text) or study != "ra_cohort", text


@pytest.mark.parametrize(
    "file",
    ["activity", "change", "missing", "predictors", "repeated", "sensitivity", "t2t", "time_to_target"],
)
def test_no_notebook_of_the_cohort_names_a_score_that_a_setting_chooses(root, file):
    text = (root / "notebooks" / f"ra_{file}.ipynb").read_text(encoding="utf-8")
    named = re.findall(r"\b(?:CDAI|SDAI|DAS28)\b|\"cdai\w*\\?\"|'cdai\w*'", text)
    assert named == []
    assert not YEAR.search(text)


def test_how_events_are_handled_decides_what_the_methods_say(root, tmp_path):
    said = myositis.in_prose(read.study(root / "params" / "dm_abatacept" / "study.yml"))
    assert said["composite-events"] == (
        "rescue, a prohibited immunosuppressant, discontinuation for an adverse event or lack of efficacy, and death"
    )
    study = changed(
        root,
        tmp_path,
        "dm_abatacept",
        ("inefficacy: composite", "inefficacy: hypothetical"),
        ("donors: 3", "donors: 5"),
    )
    assert "lack of efficacy" not in myositis.in_prose(study)["composite-events"]
    assert myositis.in_prose(study)["donors"] == "five patients"


def test_the_methods_say_how_visits_and_responses_are_judged(root, tmp_path):
    study = changed(root, tmp_path, "ra_cohort", ("visit_by: window", "visit_by: label"), ('"66/68"', '"28"'))
    criteria = read.criteria(root / "params" / "ra_cohort" / "eligibility.yml")
    said = methods.choices_made(study, criteria).set_index("choice")["value"]
    assert said["Visits"] == "as the form names them"
    assert said["ACR response"].startswith("28 joints, CRP")


def test_the_limit_of_an_item_is_that_of_the_criteria(root):
    criteria = read.criteria(root / "params" / "ra_cohort" / "eligibility.yml")
    assert item_labels(criteria)["c2c"] == "2c Glucocorticoids cannot be tapered below 7.5 mg/day"
    rule = next(each for each in criteria["criteria"] if each["rule"] == "d2t_eular")
    rule["settings"]["gc_min_mg_day"] = 5
    assert item_labels(criteria)["c2c"] == "2c Glucocorticoids cannot be tapered below 5 mg/day"
