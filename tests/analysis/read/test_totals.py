"""Totals that cannot be are told with count, likely cause and the key that mends them."""

import pytest
from written_exports import outcome

VISITS = """\
sources: [{id: x, type: csv, path: x.csv}]
endpoints: [{id: pain, variable: pain_mm, label: Pain, role: primary, higher_is_better: false, visits: [W04]}]
tables:
  subjects: [{from: x, columns: {subject_id: id%s}}]
  visits:
    - {from: x, columns: {subject_id: id, visit_id: %s, pain_mm: pain, assessor: sex}}
"""
CONTENT = "id,v,pain,sex\n1,W00,40,m\n1,W04,20,m\n2,W00,50,f\n2,W04,30,f\n"


def told(read) -> list[str]:
    """The problems as they are shown."""
    return [str(problem) for problem in read.problems]


def test_a_sound_export_says_nothing_and_counts_its_rows_once(tmp_path):
    read = outcome(tmp_path, VISITS % ("", "v"), x=CONTENT)
    assert told(read) == []
    assert read.sources.to_dict("records") == [{"source": "x", "rows": 4, "used": 4, "set_aside": 0}]
    counts = read.columns.query("table == 'visits' and column == 'pain_mm'")
    assert counts[["filled", "known", "rejected"]].to_numpy().tolist() == [[4, 4, 0]]


@pytest.mark.parametrize(
    ("body", "content", "words"),
    [
        # an own column with other values mapped to a variable of the template
        (VISITS % (", sex: v", "v"), CONTENT, ["'sex' were rejected", "codes:", "variables:"]),
        (VISITS % ("", "v"), CONTENT.replace("40", "400").replace("50", "500"), ["2 of 4", "'pain_mm'", "unit:"]),
        # codes that name no visit
        (VISITS % ("", "{column: v, codes: {V0: W00}}"), CONTENT, ["'visit_id' were rejected", "codes:"]),
        # nobody at baseline
        (VISITS % ("", "{column: v, codes: {W00: W04, W04: W04}}"), CONTENT, ["none of the", "baseline visit W00"]),
        # no pair for an endpoint
        (VISITS % ("", "v"), CONTENT.replace(",20,", ",,").replace(",30,", ",,"), ["no pair", "pain_mm"]),
        # a block whose rows are all set aside
        (VISITS % ("", "v") + "    - {from: x, join: true, rows: {events: {Z: W00}, event_column: v}, "
         "columns: {subject_id: id, weight_kg: pain}}\n",
         CONTENT, ["none of the 4 rows of 'x' is used", "belongs to another event", "may_be_empty"]),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_told(tmp_path, body, content, words):
    read = outcome(tmp_path, body, x=content)
    text = "\n".join(told(read))
    assert all(word in text for word in words), text
    assert "study.yml:" in text


def test_visits_without_a_key_are_told(tmp_path):
    body = (VISITS % ("", "v")).replace("visit_id: v, ", "")
    assert any("needs a mapping of visit_id" in text for text in told(outcome(tmp_path, body, x=CONTENT)))


def test_empty_column_has_the_type_of_its_declaration(tmp_path):
    read = outcome(tmp_path, VISITS % (", height_cm: h, consent_date: c, consent_signed: s, site: t", "v"),
                   x="id,v,pain,sex,h,c,s,t\n1,W00,40,m,,,,\n1,W04,30,m,,,,\n")  # fmt: skip
    subjects = read.tables["subjects"]
    types = {
        name: str(subjects[name].dtype) for name in ("height_cm", "consent_date", "consent_signed", "site")
    }
    assert types == {
        "height_cm": "float64",
        "consent_date": "datetime64[us]",
        "consent_signed": "boolean",
        "site": "string",
    }


SCORED = """\
sources: [{id: x, type: csv, path: x.csv}]
endpoints:
  - {id: d, variable: cdai, table: scores, label: CDAI, role: primary, higher_is_better: false, visits: [W04]}
tables:
  subjects: [{from: x, rows: {once_per: id}, columns: {subject_id: id}}]
  visits: [{from: x, columns: {subject_id: id, visit_id: v, tjc28: t, sjc28: s, ptga_mm: g, phga_mm: c}}]
"""
JOINTS = "id,v,t,s,g,c\n1,W00,9,8,50,%s\n1,W04,4,3,20,%s\n2,W00,9,8,50,%s\n2,W04,4,3,20,%s\n"


@pytest.mark.parametrize(
    ("crp", "said"),
    [
        ((3, "", "", 5), "no pair: 1 subjects have cdai at W00, 1 at a later visit, nobody at both"),
        ((3, "", 4, ""), "no pair: 2 subjects have cdai at W00, 0 at a later visit, nobody at both"),
        ((3, 4, "", ""), ""),  # one pair is enough
    ],
)
def test_a_score_that_nobody_has_twice_is_told(tmp_path, crp, said):
    from analysis import datasets, read

    tables = outcome(tmp_path, SCORED, x=JOINTS % crp).tables
    found = datasets.pairless_scores(tables, study=read.study(tmp_path / "study.yml"))
    assert [place for place, _ in found] == ([("endpoints", 0, "variable")] if said else [])
    assert all(said in text and "components" in text for _, text in found)
