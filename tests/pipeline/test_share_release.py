"""A release from a finished report to a file that a recipient opens: asked for, reviewed, signed, on record."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from analysis import figures, proportions, rates, read, results, tables
from analysis.language import FOLDER, messages
from analysis.media import MARKS
from analysis.scoring.joints import MAX_NOT_ASSESSED
from analysis.study.sections import Share
from pipeline import catalogue, seal
from pipeline.project import Project, UserError
from pipeline.share import PROFILES, Profile, approval, counted, profile_of, record, release
from pipeline.share.derived import EXACT
from pipeline.share.lookup import Lookup, sizes_told
from pipeline.share.memory import known_by_readers, remembered
from pipeline.share.protect import protect
from pipeline.share.redact import Redactor
from pipeline.share.redraw import redrawn
from pipeline.share.words import stated, typed_counts

PUBLIC = PROFILES["opensafely-7-5"]


def rows_of(**counts: float) -> list[dict]:
    """Results: people with a thing of 200, each count by its name."""
    frames = [
        results.rows_of(
            {"count": value, "n": 200, "proportion": value / 200},
            analysis="harm",
            population="FAS",
            variable=name,
            unit="proportion",
        )
        for name, value in counts.items()
    ]
    stacked = results.stack(frames)
    rows = stacked.astype(object).where(stacked.notna(), None).to_dict("records")
    return [{**row, "notebook": "safety"} for row in rows]


def count_of(name: str) -> str:
    return f"harm.fas.{name}.all.all.count"


def test_a_method_whose_numbers_are_of_exact_counts_is_known_in_every_language():
    words = [word.casefold() for word in EXACT]
    for file in FOLDER.glob("*.po"):
        told = catalogue.told(catalogue.read_catalogue(file))
        methods = {english: forms for (english, _), forms in told.items() if len(english) < 200}
        exact = {
            english: forms
            for english, forms in methods.items()
            if any(w in english.casefold() for w in words)
        }
        assert len(exact) >= 20
        for english, forms in exact.items():
            assert all(any(word in form.casefold() for word in words) for form in forms), english


# ---------------------------------------------------------------- profiles


def test_a_study_file_sets_its_own_profile():
    own = Share.model_validate({"profile": "custom", "custom": {"smallest": 6, "multiple": 3, "zero": False}})
    profile = profile_of("", own)
    assert (profile.name, profile.smallest, profile.multiple, profile.small) == ("custom", 6, 3, (0, 5))
    told = protect(rows_of(rash=5, cough=40), profile).told()
    assert count_of("rash") not in told and told[count_of("cough")] == 39


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_intervals_that_are_told_have_the_level_of_the_study(level):
    """40 of 200, and 40 events in 400 person-years: rounding changes neither, so that the limits stay."""
    share = proportions.wilson(40, 200, confidence_level=level)
    rate = rates.poisson_exact(40, 400, confidence_level=level, per=100)
    told = ("estimate", "conf_low", "conf_high", "method")
    frames = [
        results.rows_of(
            {name: getattr(share, name) for name in told} | {"count": 40, "n": 200},
            analysis="share",
            variable="cough",
            population="FAS",
            unit="proportion",
        ),
        results.rows_of(
            {name: getattr(rate, name) for name in told} | {"events": 40, "person_years": 400.0, "n": 200},
            analysis="rate",
            variable="cough",
            population="FAS",
            unit="per 100 person-years",
        ),
    ]
    stacked = results.stack(frames)
    rows = stacked.astype(object).where(stacked.notna(), None).to_dict("records")
    released = protect(rows, PUBLIC, level=level).told()
    before = {row["result_id"]: row["value"] for row in rows}
    limits = [name for name in released if name.endswith(("conf_low", "conf_high"))]
    assert sorted(name.split(".")[0] for name in limits) == ["rate", "rate", "share", "share"]
    assert {name: released[name] for name in limits} == {name: pytest.approx(before[name]) for name in limits}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("custom", "needs its numbers in the study file"),
        ("strict-9", "did you mean 'strict-10'"),
        ("opensafely", "did you mean 'opensafely-7-5'"),
    ],
)
def test_a_profile_that_is_not_there_is_refused_with_the_nearest(name, message):
    with pytest.raises(UserError, match=message):
        profile_of(name, None)


def test_a_study_file_without_numbers_for_its_profile_is_refused():
    with pytest.raises(ValueError, match="needs its numbers"):
        Share.model_validate({"profile": "custom"})


# ---------------------------------------------------------------- memory of earlier releases


def entry(rows, profile, number=1) -> dict:
    """The record of a release of these results."""
    released = protect(rows, profile)
    known = known_by_readers(rows, released, profile)
    return {"number": number, "report": "final", "profile": profile.name, "suppressed": released.why, **known}


FEW = Profile("few", "readers", smallest=5, multiple=1)
OF_NAME = {**PROFILES, "few": FEW}


@pytest.mark.parametrize(
    ("first", "then", "before", "now", "told"),
    [
        ("strict-10", "opensafely-7-5", 9, 9, False),  # below 10 by the first, 8 to 12 by the second: 8 or 9
        ("strict-10", "opensafely-7-5", 0, 0, False),  # nobody was told that there is none
        ("strict-10", "few", 0, 0, False),  # a second profile that is less like the first
        ("strict-10", "few", 7, 7, False),
        ("strict-10", "few", 7, 17, True),  # grown
        ("strict-10", "opensafely-7-5", 40, 40, True),  # told by both
        ("opensafely-7-5", "opensafely-7-5", 5, 30, True),  # grown: the difference may be of many
        ("opensafely-7-5", "opensafely-7-5", 40, 43, True),  # two roundings leave 1 to 9
    ],
)
def test_what_two_profiles_together_would_say_is_held_back(first, then, before, now, told):
    earlier = entry(rows_of(rash=before), OF_NAME[first])
    rows = rows_of(rash=now)
    memory = remembered(rows, OF_NAME[then], [earlier])
    released = protect(rows, OF_NAME[then], also=memory.hold, before=memory.before).told()
    assert (count_of("rash") in released) is told and not memory.contradicted


def test_exact_numbers_that_differ_by_few_people_are_held_back():
    exact = profile_of("custom", Share.model_validate({"custom": {"smallest": 8, "multiple": 1}}))
    earlier = entry(rows_of(rash=40, cough=40), exact)
    memory = remembered(rows_of(rash=43, cough=60), exact, [earlier])
    assert count_of("rash") in memory.hold and count_of("cough") not in memory.hold


def test_means_of_nearly_the_same_people_are_held_back():
    def course(n):
        rows = results.rows_of({"mean": 12.0 + n / 100, "n": n}, analysis="course", variable="cdai")
        return rows.astype(object).where(rows.notna(), None).to_dict("records")

    earlier = entry(course(100), PUBLIC)
    assert remembered(course(103), PUBLIC, [earlier]).hold == ["course.all.cdai.all.all.mean"]
    assert (
        remembered(course(100), PUBLIC, [earlier]).hold
        == remembered(course(140), PUBLIC, [earlier]).hold
        == []
    )


def test_what_was_told_and_would_now_be_suppressed_is_said():
    earlier = entry(rows_of(rash=9), PUBLIC)
    memory = remembered(rows_of(rash=9), PROFILES["strict-10"], [earlier])
    assert "release 0001 (opensafely-7-5) has told it" in memory.contradicted[0]


# ---------------------------------------------------------------- numbers and words


@pytest.mark.parametrize(
    "text",
    [
        "One woman of 87 died.",
        "Deaths: 1.",
        "There was 1 death.",
        "Two serious adverse events were seen.",
        "A third of the patients relapsed",
        "one in five patients",
        "4/20 responded",
        "n = 12",
        "死亡1例",
        "两名患者",
        "The 34-year-old man",
        "Only four improved.",
        "| Deaths | 1 |",
        "34 % of patients",
        "3 SAEs",
        "two hospitalisations",
        "12 patients died within 28 days",
    ],
)
def test_a_number_of_people_or_events_typed_in_prose_stops_the_release(text):
    assert typed_counts(text, {"12", "28", "4", "1"})


@pytest.mark.parametrize(
    "text",
    ["Within 28 days, at week 48; 95 % CI.", "the criteria of 2010", "Grade 3 or above", "at least 12 weeks"],
)
def test_numbers_of_the_plan_do_not(text):
    assert typed_counts(text, {"28", "48", "95", "3", "12"}) == []


def executed(text: str, options: str, marks: dict | None = None) -> dict:
    """An executed notebook with one labelled output."""
    data = {"text/markdown": text} | ({MARKS: marks} if marks else {})
    output = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    return {"cells": [{"cell_type": "code", "source": options, "outputs": [output], "metadata": {}}]}


TABLE = "<table><tbody><tr><th>Rash</th><td>{}</td></tr><tr><th>Cough</th><td>{}</td></tr></tbody></table>"


def redactor(rows, known=frozenset({"18"})) -> Redactor:
    return Redactor(Lookup(rows, protect(rows, PUBLIC).told(), PUBLIC), PUBLIC, set(known), {"RA-001"})


def shown(made: dict) -> str:
    return made["cells"][0]["outputs"][0]["data"]["text/markdown"]


def test_a_table_tells_what_it_says_it_shows_and_no_other_number():
    made = redactor(rows_of(rash=5, cough=43)).notebook(
        executed(TABLE.format("5 (2.5)", "43 (21.5)"), "#| label: tbl-a\n#| shows: harm")
    )
    assert "45 (22.5)" in shown(made) and "43" not in shown(made) and "5 (2.5)" not in shown(made)
    assert "1 line is left out" in shown(made)
    strange = redactor(rows_of(cough=43)).notebook(
        executed(TABLE.format("17", "43"), "#| label: tbl-a\n#| shows: harm")
    )
    assert "17" not in shown(strange)  # a count that is no result


def test_what_the_plan_says_is_told_beside_what_is_suppressed():
    visits = pd.DataFrame({"visit": ["Week 4", "Week 12"], "day": [29, 85], "seen": [5, 43]})
    table = tables.frame_table(
        visits, planned=["day"], notes=["Data up to 2025-06-30, one seen on 2025-01-09."]
    )
    told = redactor(rows_of(rash=5, cough=43), stated(["data_cut: 2025-06-30", "visit day 85"])).notebook(
        executed(table.markdown(), "#| label: tbl-a\n#| shows: harm")
    )
    for cell in (">29<", ">85<", ">45<", ">[s]<", "2025-06-30"):
        assert cell in shown(told)
    assert ">43<" not in shown(told) and "2025-01-09" not in shown(told)


def test_no_share_is_told_of_a_number_that_is_not():
    """43 of 150, beside a size of 150 that guards another count: 45 (30.0) would tell 150."""
    count, _, share = rows_of(cough=43)
    rows = [{**count, "denominator": 150}, {**share, "value": 43 / 150, "denominator": 150}]
    size = {
        **rows[0],
        "result_id": "all.fas.all.all.all.n",
        "analysis": "all",
        "variable": "",
        "statistic": "n",
    }
    rows += [{**size, "value": 150, "denominator": None}]
    for also, shown_as in (((), "45 (30.0)"), ((size["result_id"],), "45 ([s])")):
        released = protect(rows, PUBLIC, also=also)
        told = Lookup(rows, released.told(), PUBLIC, released.unsized)
        assert told.cell("43 (28.7)") == shown_as
        assert ("harm.fas.cough.all.all.proportion" in released.told()) is (not also)


def test_a_table_that_does_not_say_what_it_shows_is_told():
    maker = redactor(rows_of(cough=43))
    maker.notebook(executed(TABLE.format("1", "43"), "#| label: tbl-a"))
    assert maker.undeclared == ["tbl-a"]


def test_a_table_that_names_what_its_notebook_does_not_publish_is_refused_with_the_nearest():
    with pytest.raises(UserError, match=r"#tbl-a says that it shows hrm.*nearest is 'harm'"):
        redactor(rows_of(cough=43)).notebook(
            executed(TABLE.format("1", "43"), "#| label: tbl-a\n#| shows: hrm")
        )


def test_a_number_that_says_how_many_is_told_as_a_count_whatever_result_it_equals():
    """An estimate of 0.96 shows as 1, one of 48.2 as 48: neither explains a count beside it that is no result."""
    others = results.rows_of({"estimate": 0.96, "sd": 48.2}, analysis="change", variable="cdai", patients=180)
    others = others.astype(object).where(others.notna(), None).to_dict("records")
    rows = rows_of(cough=43) + [{**row, "notebook": "safety"} for row in others]
    text = TABLE.format("Seen early: 1 at week 48", "pro-rated: 48 examinations")
    text += "<table><tbody><tr><th>Left</th><td>1</td></tr><tr><th>Cough</th><td>43</td></tr></tbody></table>"
    text += "Still open: 1 at week 48, 48 at week 96."
    told = shown(redactor(rows, {"48"}).notebook(executed(text, "#| label: tbl-a\n#| shows: harm, change")))
    assert told.count("1 line is left out") == 2 and "pro-rated: 50 examinations" in told  # Rash, and Left
    assert "Still open: [s] at week 48, 50 at week" in told


def test_a_p_value_below_what_is_told_is_told_as_that():
    rows = results.rows_of({"p_value": 1e-9}, analysis="change", variable="cdai", patients=180)
    rows = rows.astype(object).where(rows.notna(), None).to_dict("records")
    told = Lookup(rows, protect(rows, PUBLIC).told(), PUBLIC)
    assert (told.cell("<0.001"), told.cell("0.001")) == ("<0.001", "0.001")


def test_a_sentence_of_the_study_file_keeps_its_numbers_but_those_of_people():
    sentence = "Exactly 43 completed years at consent; 43 patients were asked"
    text = TABLE.format(sentence, "Exactly 43 completed years")
    maker = redactor(rows_of(cough=43))
    maker.sentences = frozenset({sentence})
    told = shown(maker.notebook(executed(text, "#| label: tbl-a\n#| shows: harm")))
    assert "Exactly 43 completed years at consent; 45 patients were asked" in told
    assert "Exactly 45 completed years<" in told  # what stands in no file of the study may be a count


def test_names_with_numbers_and_texts_of_this_project_stay_as_they_are():
    """6 and 43 are counts here, and so would be told another way."""
    maker = redactor(rows_of(rash=6, cough=43))
    maker.sentences = frozenset({"Interleukin 6", "43 of 200 were women", "Cough 43 patients"})
    note = "events of one subject are not independent"
    note = next(text for text in messages() if note in text)
    text = f"Interleukin 6 (log) and Cough 43 patients. {note} Deaths: 6."
    told = maker.markdown(text, "tbl-a")
    assert told == f"Interleukin 6 (log) and Cough 45 patients. {note} Deaths: [s]."


@pytest.mark.parametrize("count", [66, 68])
def test_the_number_in_the_name_of_a_variable_counts_nobody(root, count):
    """A count of 66 joints was told as 65 joints where 66 patients were counted."""
    study = read.study(root / "params" / "ra_cohort" / "study.yml")
    maker = redactor(rows_of(cough=count))
    maker.sentences = release.labels_of(study)
    text = "Known: Tender joints (68); Swollen joints (66); 3 donors"
    assert maker.text(text) == text.replace("3 donors", "[s] donors")
    maker.known.add("3")
    assert maker.text(text) == text


def test_a_figure_without_a_number_left_gives_way_to_a_sentence():
    import pandas as pd

    rows = rows_of(rash=4)
    line = {"variable": "CDAI", "visit": "Week 4", "n_missing": 4, "n_expected": 200, "share": 0.02}
    drawn = figures.missing_pattern(pd.DataFrame([line]), mark=None)
    told = protect(rows, PUBLIC).told()
    assert 200 in told.values()
    found, why = redrawn(drawn.made_from, Lookup(rows, told, PUBLIC).exact, str, PUBLIC)
    assert found is None and why == "every number of it is suppressed"


def test_a_release_has_what_its_format_and_state_show_and_each_figure_once(tmp_path):
    stage = tmp_path / "stage"
    (stage / "parts").mkdir(parents=True)
    figure = "{{< embed notebooks/a.ipynb#fig-a >}}"
    part = (
        f'Above.\n\n{figure}\n\n:::: {{.content-visible when-meta="is-interim"}}\nEarly.\n::::\n\n'
        ':::: {.content-hidden when-format="html"}\nOn paper.\n::::\n\n'
        ":::: {.supplement}\n::: {.landscape}\nWide.\n:::\n::::\n"
    )
    (stage / "parts" / "_b.qmd").write_text(part, encoding="utf-8")
    text = f"---\ntitle: A\n---\n{figure}\n\nSee @fig-a.\n\n{{{{< include parts/_b.qmd >}}}}\n"
    (stage / "index.qmd").write_text(text, encoding="utf-8")
    (stage / "_metadata.yml").write_text('{"is-interim": false}', encoding="utf-8")
    made = {
        to: (release.in_one(stage, to, tmp_path / to) / "index.qmd").read_text("utf-8")
        for to in ("html", "docx")
    }
    assert all(
        text.count(figure) == 1 and "See @fig-a." in text and "Above." in text for text in made.values()
    )
    assert not [to for to, text in made.items() if "Early." in text]
    assert all(".supplement" not in text and text.count(":::") % 2 == 0 for text in made.values())
    assert all("\n::: {.landscape}\nWide.\n:::\n\n" in text for text in made.values())
    assert ["On paper." in text for text in made.values()] == [False, True]


def test_the_mark_of_the_team_stands_in_the_head_of_word_and_pdf(tmp_path):
    (tmp_path / "_metadata.yml").write_text('{"state": "draft", "state-word": "draft"}', encoding="utf-8")
    release._cover(tmp_path, PROFILES["team"])
    label = json.loads((tmp_path / "_metadata.yml").read_text(encoding="utf-8"))["state-label"]
    assert label == "Draft · STUDY TEAM ONLY"


def test_words_with_numbers_of_the_plan_stay_and_counts_in_them_do_not():
    text = TABLE.format("older than 18 years", "seen early: 9 at week 18")
    told = shown(redactor(rows_of(cough=43)).notebook(executed(text, "#| label: tbl-a\n#| shows: harm")))
    assert "older than 18 years" in told and "9" not in told


def test_a_figure_is_drawn_again_from_what_may_be_told():
    import pandas as pd

    rows = rows_of(rash=5, cough=43)
    frame = pd.DataFrame({"term": ["Rash", "Cough"], "n": [5, 43], "share": [5 / 200, 43 / 200]})
    data, _ = figures.adverse_event_dots(frame, mark=None)._repr_mimebundle_()
    notebook = executed("", "#| label: fig-ae")
    notebook["cells"][0]["outputs"][0]["data"] = data
    (output,) = redactor(rows).notebook(notebook)["cells"][0]["outputs"]
    assert (
        "Cough 45 (22.5 %)" in output["metadata"]["fig-alt"] and "Rash" not in output["metadata"]["fig-alt"]
    )
    assert output["data"]["image/png"] != data["image/png"]


def drawn_again(drawn, rows, profile=PUBLIC):
    """A figure as it is told under a profile, or why it is not."""
    return redrawn(drawn.made_from, Lookup(rows, protect(rows, profile).told(), profile).exact, str, profile)


def test_a_curve_is_told_at_its_marks_from_rounded_counts():
    """184 patients, one leaves a week: after 4 weeks 4 have gone, after 24 weeks 24 (by hand)."""
    import pandas as pd

    from analysis import survival

    times = [float(week) for week in range(1, 185)]
    fitted = survival.kaplan_meier(times, [True] * 184, confidence_level=0.95)
    risk = survival.numbers_at_risk(times, [True] * 184, times=[0, 4, 24, 100, 180])
    curve = fitted.curve.rename(columns={"estimate": "survival"})
    drawn = figures.kaplan_meier(curve, risk, label="On drug (%)", time="Weeks", mark=None)
    told = pd.DataFrame(counted.curve_at_marks(drawn.made_from["frames"], PUBLIC, None)[0])
    levels = told.set_index("time")["survival"]
    assert levels[0] == 1 and levels[24] == 160 / 185 and levels[100] == 85 / 185
    assert levels[[4, 180]].isna().all()  # 4 have gone, 4 are left
    again, _ = drawn_again(drawn, [])
    assert "185 at 0, [s] at 4, 160 at 24, 85 at 100, [s] at 180" in again.alt
    assert "CI" in drawn.alt and "CI" not in again.alt  # limits are of exact counts


def test_combinations_are_told_and_guarded_like_cells():
    """Of 60 with a, 4 have b, too; 30 have b alone: the 4 and what gives them away are not told."""
    import pandas as pd

    flags = pd.DataFrame({"a": [True] * 60 + [False] * 40, "b": [False] * 56 + [True] * 34 + [False] * 10})
    drawn = figures.upset(flags.astype("boolean"), labels={"a": "A", "b": "B"}, mark=None)
    again, _ = drawn_again(drawn, rows_of(a=60, b=34))
    assert "A only 55" in again.alt and "B only 30" in again.alt and "none 10" in again.alt
    assert "A and B" not in again.alt and "A: 60; B: 35" in again.alt
    assert "1 combination whose number is not told" in again.alt
    exact = profile_of("custom", Share.model_validate({"custom": {"smallest": 8, "multiple": 1}}))
    assert drawn_again(drawn, rows_of(a=60, b=34), exact)[0] is None or "A only" not in str(
        drawn_again(drawn, rows_of(a=60, b=34), exact)[0]
    )


def test_every_figure_of_patients_gives_way_to_a_sentence():
    notebook = executed("", "#| label: fig-x", {"per_patient": True})
    notebook["cells"][0]["outputs"][0]["data"] |= {"image/png": "AAAA"}
    maker = redactor(rows_of(cough=43))
    (output,) = maker.notebook(notebook)["cells"][0]["outputs"]
    assert "single patients" in output["metadata"]["fig-alt"] and maker.findings


# ---------------------------------------------------------------- on record


@pytest.fixture
def project(tmp_path) -> Project:
    (tmp_path / "_quarto.yml").write_text("")
    (tmp_path / "params" / "tiny").mkdir(parents=True)
    (tmp_path / "out.html").write_text("released")
    return Project(tmp_path)


def keep(project: Project, **changes) -> Path:
    given = {
        **{"study": "tiny", "report": "final", "profile": PUBLIC, "files": [project.root / "out.html"]},
        **{"told": {"a": 10}, "why": {"b": "small count"}, "known": {"bounds": {"a": [8, 12]}, "people": {}}},
        **{"recipient": "", "by": "A", "manifest": "{}", "encrypted": False, "approval": None},
        **changes,
    }
    return record.keep(project, **given)


def rewritten(file: Path, **changes) -> None:
    file.chmod(0o644)
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_records_are_chained_and_signed_and_a_change_is_seen(project, monkeypatch):
    key = project.root / "key.pem"
    seal.new_key(project, "tiny", key)
    with pytest.raises(UserError, match="STUDY_LOCK_KEY"):
        keep(project)
    assert record.files_of(project, "tiny") == []
    monkeypatch.setenv("STUDY_LOCK_KEY", str(key))
    first, second = keep(project), keep(project, recipient="the journal")
    assert list(record.faults(project, "tiny")) == []
    rewritten(second, to="somebody else")  # the last one, which no later record vouches for
    assert list(record.faults(project, "tiny")) == [
        "release 0002: its signature is not confirmed by params/tiny/lock.pub"
    ]
    second.unlink()
    keep(project)
    rewritten(first, told={"a": 12})
    assert len(list(record.faults(project, "tiny"))) == 2
    first.unlink()
    assert list(record.faults(project, "tiny")) == ["release 0001 is missing"]


def test_a_file_that_is_not_the_one_released_is_seen(project):
    keep(project)
    assert list(record.faults(project, "tiny", files=project.root)) == []
    (project.root / "out.html").write_text("another")
    assert list(record.faults(project, "tiny", files=project.root)) == [
        "release 0001: out.html is not the file that was released"
    ]


def test_an_unreadable_record_is_told_and_does_not_stop_the_list(project):
    file = keep(project)
    file.chmod(0o644)
    file.write_text("{")
    assert list(record.faults(project, "tiny")) == ["release 0001 cannot be read"]
    assert record.of_study(project, "tiny") == []


# ---------------------------------------------------------------- approval


def asked(project: Project, *, by="A. Author", text="page") -> tuple[dict, dict]:
    made = project.root / "index.html"
    made.write_text(text)
    return approval.reviewed(project, "tiny", "final", PUBLIC, {"html": made}, by=by, page="{}")


def approve(project: Project, by: str) -> Path:
    return approval.approve(project, "tiny", "final", profile=PUBLIC.name, by=by)


def test_what_another_person_has_seen_is_what_is_released(project):
    with pytest.raises(UserError, match="say who asks for it"):
        asked(project, by=" ")
    with pytest.raises(UserError, match="nobody has asked"):
        approve(project, "B. Reviewer")
    with pytest.raises(UserError, match="needs the approval of another person"):
        asked(project)
    with pytest.raises(UserError, match="another person must approve"):
        approve(project, "a.  AUTHOR")
    approve(project, "B. Reviewer")
    files, approved = asked(project)
    assert files["html"].read_text() == "page" and approved["by"] == "B. Reviewer"
    files["html"].write_text("changed after the review")
    with pytest.raises(UserError, match="needs the approval"):
        asked(project)


def test_the_profile_that_a_release_is_asked_for_under_need_not_be_said_again(project):
    assert approval.asked_under(project, "tiny", "final") == ""
    with pytest.raises(UserError, match="needs the approval"):
        asked(project)
    assert approval.asked_under(project, "tiny", "final") == PUBLIC.name
    request = record.folder_of(project, "tiny") / f"request-final-{PUBLIC.name}.json"
    request.with_name("request-final-strict-10.json").write_text(request.read_text())
    with pytest.raises(UserError, match="under opensafely-7-5, strict-10; say which"):
        approval.asked_under(project, "tiny", "final")


def test_an_approval_does_not_outlive_another_release(project):
    with pytest.raises(UserError):
        asked(project)
    approve(project, "B. Reviewer")
    keep(project)  # what is safe beside the releases of then may not be beside this one
    with pytest.raises(UserError, match="needs the approval"):
        asked(project)


def test_an_approval_that_nobody_signed_does_not_count_where_the_study_signs(project, monkeypatch):
    key = project.root / "key.pem"
    seal.new_key(project, "tiny", key)
    monkeypatch.setenv("STUDY_LOCK_KEY", str(key))
    with pytest.raises(UserError):
        asked(project)
    file = approve(project, "B. Reviewer")
    rewritten(file, by="C. Forger")
    with pytest.raises(UserError, match="needs the approval"):
        asked(project)


# ---------------------------------------------------------------- the whole way


def test_from_a_finished_report_to_a_sealed_approved_release_that_opens(work, tmp_path, monkeypatch):
    monkeypatch.setenv("STUDY_PASSPHRASE", "a passphrase for tests")
    study = work.file("params", "ra_auranofin", "study.yml")
    study.write_text(study.read_text(encoding="utf-8") + "\nshare: {profile: strict-10, approval: true}\n")
    words = (
        "share",
        "ra_auranofin",
        "--to",
        "out",
        "--passphrase",
        "--by",
        "A. Author",
        "--recipient",
        "Journal",
    )
    first = work.study(*words)
    assert first.code == 2 and "study approve ra_auranofin" in first.text and not work.file("out").exists()
    review = work.file("build", "share", "review", "ra_auranofin-final-strict-10", "index.html")
    assert "Released under the profile strict-10" in review.read_text(encoding="utf-8")
    assert work.study("approve", "ra_auranofin", "--by", "A. Author").code == 2
    assert work.study("approve", "ra_auranofin", "--by", "B. Reviewer").code == 0
    done = work.study(*words)
    assert done.code == 0, done.text
    (sealed,) = work.file("out").iterdir()
    assert "auranofin" not in sealed.read_text(encoding="utf-8").casefold()
    opened = work.study("open", str(sealed), "--to", str(tmp_path / "opened"))
    assert opened.code == 0
    (page,) = (tmp_path / "opened").iterdir()
    assert page.read_bytes() == review.read_bytes()
    listed = work.study("releases", "ra_auranofin", "--files", "out")
    assert listed.code == 0 and re.search(r"0001 .* strict-10 to Journal", listed.text)
    sealed.write_text(sealed.read_text(encoding="utf-8").replace('"content": "', '"content": "A'))
    spoilt = work.study("open", str(sealed), "--to", str(tmp_path / "spoilt"))
    assert spoilt.code != 0 and "was changed" in spoilt.text and not (tmp_path / "spoilt").exists()
    assert work.study("releases", "ra_auranofin", "--files", "out").code == 1
    monkeypatch.setenv("STUDY_PASSPHRASE", "a wrong passphrase")
    assert "does not open this file" in work.study("open", str(sealed)).text


def sized(*, elsewhere: bool) -> list[dict]:
    """A table whose own numbers of all are suppressed, and another result that tells the number of all, or none."""
    keys = {"population": "FAS", "variable": "cdai"}
    frames = [results.rows_of({"n": 200, "n_missing": 0}, analysis="baseline", visit="w0", **keys)]
    if elsewhere:
        frames.append(results.rows_of({"n": 200}, analysis="flow", **keys))
    stacked = results.stack(frames)
    return stacked.astype(object).where(stacked.notna(), None).to_dict("records")


@pytest.mark.parametrize(("elsewhere", "heading"), [(True, "All (n = 200)"), (False, "All (n = [s])")])
def test_a_heading_tells_the_number_of_all_where_the_release_tells_it(elsewhere, heading):
    rows = sized(elsewhere=elsewhere)
    told = {row["result_id"]: 200.0 for row in rows if row["result_id"].startswith("flow")}
    lookup = Lookup(rows, told, PUBLIC, sizes=sizes_told(rows, told)).of(["baseline"], label="tbl-a")
    made = Redactor(lookup, PUBLIC, set(), set())
    assert made.text_of_heading("All (n = 200)") == heading
    assert made.text_of_heading("Women (n = 200)") == "Women (n = [s])"  # as many, and not told elsewhere


def test_a_constant_of_a_score_is_told_and_the_count_beside_it_is_not():
    most = f"{100 * MAX_NOT_ASSESSED:g}"
    text = f"Joint counts are pro-rated where up to {most} % of the 28 joints could not be assessed: 3 examinations."
    assert redactor(rows_of(rash=3)).text(text) == text.replace("3 exam", "[s] exam")
    assert f"{most} %" not in redactor(rows_of(rash=3)).text(f"Improved: {most} % of the women.")
    week = text.replace(
        "3 exam", "48 exam"
    )  # what stands before a count says that it is one, whatever else is 48
    assert redactor(rows_of(rash=48), {"48"}).text(week) == week.replace("48 exam", "50 exam")


def test_visits_of_a_model_are_not_the_size_of_a_population():
    def row(name: str, value: float, kind: str) -> dict:
        return {
            "result_id": name,
            "population": "FAS",
            "group": "",
            "statistic": "n",
            "value": value,
            "kind": kind,
        }

    rows = [
        row("baseline.fas.sex.all.all.n", 200.0, "persons"),
        row("odds.fas.low.w24.all.n", 790.0, "events"),
    ]
    told = {one["result_id"]: one["value"] for one in rows}
    assert sizes_told(rows, told) == {("FAS", "200")}
