"""CDISC's analysis data: flags honoured by a key or told; baseline by variable beside by visit."""

from written_exports import outcome

ADAM = """\
sources: [{id: x, type: csv, path: x.csv}]
tables:
  subjects: [{from: x, columns: {subject_id: USUBJID}, rows: {once_per: USUBJID}}]
  visits:
    - from: x
      rows: {event_column: AVISIT, events: {Baseline: W00, Week 4: W04, "Unscheduled*": UNS}%s}
      columns: {subject_id: USUBJID, pain_mm: AVAL}
"""
CONTENT = """\
USUBJID,AVISIT,AVAL,ABLFL,ANL01FL,DTYPE
1,Screening,55,Y,Y,
1,Baseline,50,,N,
1,Week 4,30,,Y,
1,Week 4,35,,,LOCF
1,Unscheduled 1.1,20,,,
"""


def pain(read) -> dict:
    """Pain by visit."""
    visits = read.tables["visits"]
    return dict(zip(visits["visit_id"], visits["pain_mm"]))


def test_flags_nobody_looks_at_are_told_with_the_key(tmp_path):
    read = outcome(tmp_path, ADAM % "", x=CONTENT)
    told = read.queries.query("rule_id == 'C3'")
    assert sorted(told.query("table == 'visits'")["raw"]) == ["ABLFL", "ANL01FL", "DTYPE"]
    assert told["message"].str.contains("rows: {").all()
    assert "UNS-01" in pain(read)  # an unscheduled visit by its pattern


def test_flags_are_honoured_by_their_keys(tmp_path):
    keys = ", analysis_flag: ANL01FL, derived_column: DTYPE"
    read = outcome(tmp_path, ADAM % keys, x=CONTENT)
    assert pain(read) == {"W04": 30}
    aside = read.accounting.query("table == 'visits' and kind == 'set aside'")
    assert set(aside["reason"]) == {"not flagged for analysis", "belongs to another event"}
    kept = CONTENT.replace("1,Baseline,50,,N,\n", "")
    flagged = outcome(tmp_path, ADAM % ", baseline_flag: ABLFL, derived_column: DTYPE", x=kept)
    assert pain(flagged) == {"W00": 55, "W04": 30, "UNS-01": 20}  # the flagged screening is the baseline


BY = """\
%sday_one: baseline_date
sources: [{id: p, type: csv, path: p.csv}, {id: x, type: csv, path: x.csv}]
tables:
  subjects: [{from: p, columns: {subject_id: id, baseline_date: d}}]
  visits: [{from: x, columns: {subject_id: id, visit_id: v, visit_date: d, pain_mm: pain, weight_kg: w}}]
"""
PEOPLE = "id,d\n1,2024-03-10\n2,2024-03-10\n"
VISITS = """\
id,v,d,pain,w
1,UNS,2024-03-01,70,60
1,W00,2024-03-08,,61
1,UNS,2024-03-10,50,
1,W04,2024-04-08,20,62
2,UNS,2024-03-05,40,80
2,W04,2024-04-08,10,81
"""


def test_baseline_by_visit_is_what_the_visit_holds(tmp_path):
    visits = outcome(tmp_path, BY % "", p=PEOPLE, x=VISITS).tables["visits"]
    first = visits[visits["visit_id"].eq("W00")]
    assert first["subject_id"].tolist() == ["1"] and first["pain_mm"].isna().all()


def test_baseline_by_variable_is_the_last_value_up_to_day_one(tmp_path):
    read = outcome(tmp_path, BY % "baseline_by: variable\n", p=PEOPLE, x=VISITS)
    visits = read.tables["visits"]
    first = visits[visits["visit_id"].eq("W00")].set_index("subject_id")
    assert first["pain_mm"].to_dict() == {"1": 50, "2": 40}
    assert first["weight_kg"].to_dict() == {"1": 61, "2": 80}  # variable by variable
    assert "V6" in read.queries["rule_id"].tolist()
    later = visits[visits["visit_id"].eq("W04")]
    assert later["pain_mm"].tolist() == [20, 10]


def test_a_value_after_the_first_dose_is_no_baseline(tmp_path):
    body = (BY % "baseline_by: variable\n").replace("weight_kg: w}", "weight_kg: w, predose: pre}")
    content = "id,v,d,pain,w,pre\n1,W00,2024-03-09,40,60,1\n1,UNS,2024-03-10,10,60,0\n"
    visits = outcome(tmp_path, body, p=PEOPLE, x=content).tables["visits"]
    assert visits.loc[visits["visit_id"].eq("W00"), "pain_mm"].tolist() == [40]


def test_baseline_result_of_the_laboratory_by_analyte(tmp_path):
    body = (BY % "baseline_by: variable\n") + "  labs: [{from: l, columns: {subject_id: id, sample_date: d, " \
        "analyte: a, value_raw: r, unit_raw: u, visit_id: v}}]\n"  # fmt: skip
    body = body.replace("sources: [", "sources: [{id: l, type: csv, path: l.csv}, ")
    rows = ("1,2024-03-01,CRP,9,mg/L,UNS", "1,2024-03-08,CRP,n.d.,mg/L,W00", "1,2024-03-08,ESR,30,mm/1hr,W00")
    content = "\n".join(["id,d,a,r,u,v", *rows]) + "\n"
    labs = outcome(tmp_path, body, p=PEOPLE, x=VISITS, l=content).tables["labs"]
    first = labs[labs["visit_id"].eq("W00")]
    assert dict(zip(first["analyte"], first["value_std"])) == {"CRP": 9, "ESR": 30}
