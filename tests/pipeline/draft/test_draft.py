"""What a draft takes from a dictionary, from labels inside files and from the cells; what it refuses and says."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pandas as pd
import pytest

from pipeline.project import Project, UserError

HEADINGS = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Identifier?"\n'
)
DICTIONARY = f"""\
{HEADINGS}\
record_id,demographics,,text,Record ID,,,
initials_full,demographics,,text,Name of the patient,,,y
sex,demographics,,radio,Sex,"1, Female | 2, Male",,
height,demographics,,text,Body height,,cm,
comorb,demographics,,checkbox,Comorbidity,"1, Diabetes | 2, Lung disease",,
arm,demographics,,dropdown,Allocated arm,"1, Placebo | 2, New drug",,
visit_date,visit,,text,Date of visit,,,
pain,visit,,slider,Pain today,,mm,
ae_term,adverse_event,,text,Event,,,
ae_start,adverse_event,,text,Start,,,
"""
EXPORT = """\
record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,initials_full,sex,height,comorb___1,comorb___2,arm,demographics_complete,visit_date,pain,visit_complete,ae_term,ae_start
1,baseline_arm_1,,,A. B.,1,165,1,0,1,2,2024-03-05,40,2,,
1,week_4_arm_1,,,,,,,,,,2024-04-02,20,2,,
1,week_4_arm_1,adverse_event,1,,,,,,,,,,,headache,2024-03-20
1,week_4_arm_1,adverse_event,2,,,,,,,,,,,nausea,2024-03-28
2,baseline_arm_1,,,C. D.,2,181,0,0,2,2,2024-03-06,55,2,,
2,week_4_arm_1,,,,,,,,,,2024-04-03,NI,2,,
"""


def check_redcap(found):
    people = found.tables["subjects"].set_index("subject_id")
    assert people["sex"].to_dict() == {"1": "F", "2": "M"}  # by the words of the dictionary
    assert people["height_cm"].to_dict() == {"1": 165, "2": 181}  # name, unit (field note) and range agree
    assert people["arm"].to_dict() == {"1": "placebo", "2": "new_drug"}
    assert people["comorb_1"].to_dict() == {"1": True, "2": False}
    assert found.study.variables["comorb_1"].label == "Comorbidity: Diabetes"
    visits = found.tables["visits"].set_index(["subject_id", "visit_id"])
    assert visits["pain_mm"].to_dict() == {
        ("1", "BL"): 40,
        ("1", "W04"): 20,
        ("2", "BL"): 55,
        ("2", "W04"): pytest.approx(float("nan"), nan_ok=True),
    }
    assert found.tables["adverse_events"]["term_verbatim"].tolist() == ["headache", "nausea"]
    assert "A. B." not in found.text + json.dumps(found.said)


def test_a_redcap_export_in_blocks_is_split_by_its_dictionary(drafted, tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    (tmp_path / "dictionary.csv").write_text(DICTIONARY, encoding="utf-8")
    found = drafted("blocks", tmp_path / "export.csv", tmp_path / "dictionary.csv")
    check_redcap(found)
    assert "initials_full" in found.study.identifiers


@pytest.fixture
def redcap(monkeypatch):
    """A REDCap project that answers as the API does, on the loopback interface."""
    rows = pd.read_csv(pd.io.common.StringIO(DICTIONARY), dtype=str).fillna("")
    names = ["field_name", "form_name", "section_header", "field_type", "field_label"]
    rows.columns = [*names, "select_choices_or_calculations", "field_note", "identifier"]
    answers = {"metadata": json.dumps(rows.to_dict("records")), "record": EXPORT, "version": "14.0.0"}

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            body = answers.get(asked["content"][0], "[]").encode()
            if asked["token"] != ["A" * 32]:
                body = b""
            self.send_response(200 if body else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TEST_REDCAP_URL", f"http://127.0.0.1:{server.server_port}/api/")
    monkeypatch.setenv("TEST_REDCAP_TOKEN", "A" * 32)
    yield
    server.shutdown()
    server.server_close()


def test_a_redcap_project_is_drafted_by_its_api(drafted, redcap):
    found = drafted("project", "redcap:TEST_REDCAP_URL:TEST_REDCAP_TOKEN")
    check_redcap(found)
    assert "127.0.0.1" not in found.text
    assert "AAAA" not in found.text


ROWS = pd.DataFrame(
    {
        "patid": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0],
        "week": [0.0, 12.0] * 3,
        "sex": [1.0, 1.0, 2.0, 2.0, 1.0, 1.0],
        "weight_kg": [61.5, 60.0, 80.2, 79.0, 55.0, 54.5],
        "grade": [1.0, 2.0, 2.0, 3.0, 1.0, 1.0],
    }
)
MEANING = {"sex": {1: "Male", 2: "Female"}, "grade": {1: "none", 2: "mild", 3: "severe"}}
LABELS = ["Patient", "Week", "Sex", "Body weight", "Grade of rash"]


def write_stata(file):
    import pyreadstat

    pyreadstat.write_dta(ROWS, str(file), column_labels=LABELS, variable_value_labels=MEANING)


def write_spss(file):
    import pyreadstat

    pyreadstat.write_sav(ROWS, str(file), column_labels=LABELS, variable_value_labels=MEANING)


def write_excel(file):
    words = ROWS.assign(**{name: ROWS[name].map(meaning) for name, meaning in MEANING.items()})
    words.to_excel(file, index=False)


@pytest.mark.parametrize(
    ("ending", "write"), [("dta", write_stata), ("sav", write_spss), ("xlsx", write_excel)]
)
def test_labels_and_codes_come_from_the_program_that_wrote_the_file(drafted, tmp_path, ending, write):
    file = tmp_path / f"export.{ending}"
    write(file)
    found = drafted("labels", file)
    assert found.tables["subjects"]["sex"].tolist() == ["M", "F", "M"]
    visits = found.tables["visits"]
    assert visits["weight_kg"].tolist() == ROWS["weight_kg"].tolist()
    assert visits["grade"].tolist() == ["none", "mild", "mild", "severe", "none", "none"]
    if ending != "xlsx":
        assert found.study.variables["grade"].label == "Grade of rash"


def test_names_that_differ_by_a_sign_alone_stay_apart(drafted, tmp_path):
    rows = [
        f"{n},{week},{('placebo', 'drug', 'drug+', 'Drug -')[n % 4]},{n + week}"
        for n in range(12)
        for week in (0, 4)
    ]
    (tmp_path / "trial.csv").write_text("\n".join(["id,week,trt,score", *rows]) + "\n", encoding="utf-8")
    found = drafted("trial", tmp_path / "trial.csv")
    assert found.study.groups.order[0] == "placebo"
    assert sorted(found.study.groups.labels.values()) == ["Drug -", "drug", "drug+", "placebo"]
    assert found.tables["subjects"]["arm"].value_counts().tolist() == [3, 3, 3, 3]
    tests = [
        ("CRP", "mg/L", 5),
        ("hs-CRP", "mg/L", 6),
        ("crp", "mg/L", 7),
        ("CD4", "%", 1),
        ("CD4+", "%", 2),
    ]
    rows = [f"{n},Week {week},{test},{value},{unit},10"
            for n in range(3) for week, (test, unit, value) in enumerate(tests)]  # fmt: skip
    (tmp_path / "lab.csv").write_text(
        "\n".join(["id,visit,test,result,unit,uln", *rows]) + "\n", encoding="utf-8"
    )
    labs = drafted("lab", tmp_path / "lab.csv").tables["labs"]
    assert labs.groupby("analyte")["value_raw"].agg(lambda values: sorted({*values})).to_dict() == {
        "CRP": ["5", "7"], "HS_CRP": ["6"], "CD4": ["1"], "CD4_OWN": ["2"]
    }  # fmt: skip


def test_a_variable_that_nobody_has_twice_is_no_endpoint(drafted, tmp_path):
    rows = [f"{n},{week},{n + week},{n if week else ''}" for n in range(6) for week in (0, 4, 8)]
    (tmp_path / "half.csv").write_text("\n".join(["id,week,score,feed", *rows]) + "\n", encoding="utf-8")
    found = drafted("half", tmp_path / "half.csv")
    assert [endpoint.variable for endpoint in found.study.endpoints] == ["score"]
    assert "feed: no endpoint, as nobody has it at the baseline and later" in "\n".join(found.said)


def test_every_visible_sheet_is_a_source(drafted, tmp_path):
    import openpyxl

    file = tmp_path / "book.xlsx"
    with pd.ExcelWriter(file) as book:
        ROWS[["patid", "sex"]].drop_duplicates().to_excel(book, sheet_name="people", index=False)
        ROWS[["patid", "week", "weight_kg"]].to_excel(book, sheet_name="visits", index=False)
        ROWS[["patid"]].to_excel(book, sheet_name="notes", index=False)
    book = openpyxl.load_workbook(file)
    book["notes"].sheet_state = "hidden"
    book.save(file)
    found = drafted("book", file)
    assert [source.sheet for source in found.study.sources] == ["people", "visits"]
    assert len(found.tables["subjects"]) == 3
    assert len(found.tables["visits"]) == 6


TRAPS = """\
id,visit,score,crp,smoker,seen
A,1,10,5.5,Y,03/04/2024
A,2,999,6.5,N,05/04/2024
B,1,12,1.5,Y,13/04/2024
B,2,14,2.5,N,14/04/2024
C,1,11,3.5,Y,15/04/2024
C,2,13,4.5,N,16/04/2024
"""


def test_what_is_not_sure_stands_at_its_line_and_in_the_report(drafted, tmp_path):
    (tmp_path / "traps.csv").write_text(TRAPS, encoding="utf-8")
    found = drafted("traps", tmp_path / "traps.csv")
    lines = found.text.splitlines()
    (place,) = [n for n, line in enumerate(lines) if "missing: [999]" in line and "score" in line]
    assert "999 (1 time)" in lines[place - 1]
    assert "taken for codes of missing" in lines[place - 1]
    score = found.tables["visits"]["score"]
    assert score.dropna().tolist() == [10, 12, 14, 11, 13]
    assert "date_order: dmy" in found.text  # 13/04 decides the whole column
    report = (found.root / "reports" / "traps" / "final.qmd").read_text(encoding="utf-8")
    assert "taken for codes of missing" in report
    assert found.study.endpoints[0].higher_is_better is None  # nobody said which direction is better


def test_a_draft_that_fails_leaves_nothing_behind(drafted, tmp_path):
    from pipeline.draft import draft_study

    (tmp_path / "params").mkdir(exist_ok=True)
    (tmp_path / "picture.png").write_bytes(b"x")
    project = Project(tmp_path)
    for files, message in (
        ([str(tmp_path / "none.csv")], "there is no file"),
        ([str(tmp_path / "picture.png")], "files of the kind .png are not read"),
        (["redcap:only-one"], "names no REDCap project"),
    ):
        with pytest.raises(UserError, match=message):
            draft_study(project, "broken", files)
        assert not (tmp_path / "data" / "broken").exists()


def test_data_of_patients_are_kept_out_of_version_control(drafted, tmp_path):
    (tmp_path / "traps.csv").write_text(TRAPS, encoding="utf-8")
    found = drafted("traps", tmp_path / "traps.csv")
    assert "data/traps/" in (found.root / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_yes_or_no_at_several_visits_is_one_variable_though_all_say_no_at_one_of_them(drafted, tmp_path):
    rows = ["id,pain1,pain2,pain3,met1,met2,met3"]
    rows += [f"{n},{30 + n},{20 + n},{10 + n},{n % 2},0,{1 - n % 2}" for n in range(1, 9)]
    (tmp_path / "wide.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = drafted("wide", tmp_path / "wide.csv")
    met = found.tables["visits"].pivot(index="subject_id", columns="visit_id", values="met")
    assert met.loc["1"].tolist() == [True, False, False]
    assert met.loc["2"].tolist() == [False, False, True]
    assert not {"met1", "met2", "met3"} & set(found.tables["subjects"])


def test_rows_at_scattered_times_are_given_visits_with_windows(drafted, tmp_path):
    """Months with decimals, each subject at times of its own: nobody is left without a visit."""
    times = {
        "A": (0, 1.1, 2.9),
        "B": (0, 0.9, 3.2),
        "C": (0, 1.3, 3.4),
        "D": (0, 0.7, 2.7),
        "E": (0, 1.6, 3.8),
    }
    rows = [(who, when, 50 - 5 * when) for who, at in times.items() for when in at]
    rows += [(f"F{n}", when, 50.0) for n in range(5) for when in (0, 1.05 + n / 50, 3.05 + n / 50)]
    frame = pd.DataFrame(rows, columns=["patient", "months", "pain"])
    frame.to_csv(tmp_path / "export.csv", index=False)
    found = drafted("scattered", tmp_path / "export.csv")
    assert found.study.visit_by == "window"
    assert [visit.window for visit in found.study.visits] == [[1, 1], [2, 49], [50, 116]]
    visits = found.tables["visits"]
    assert visits["visit_label"].notna().all()
    assert visits.groupby("subject_id")["visit_id"].nunique().eq(3).all()
    assert visits.loc[visits["subject_id"].eq("A"), "visit_day"].tolist() == [
        1,
        34,
        89,
    ]  # 1.1 x 30.4375 = 33.5
    assert "unit: months" in found.text
    assert any("months lies at 21 different times: 3 visits with windows" in text for text in found.said)


def written(tmp_path, text):
    """An export of this text."""
    file = tmp_path / "export.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_visits_named_in_chinese_stand_in_order_of_time(drafted, tmp_path):
    visits = ("第十二周", "治疗前", "第4周访视")
    rows = [
        f"P{n:02d},{visit},{n + at},{'男女'[n % 2]},{30 + n}"
        for n in range(8)
        for at, visit in enumerate(visits)
    ]
    found = drafted("chinese", written(tmp_path, "\n".join(["患者编号,访视,疼痛评分,性别,年龄(岁)", *rows])))
    assert [visit.label for visit in found.study.visits] == ["Baseline", "Week 4", "Week 12"]
    assert found.tables["subjects"]["age"].tolist() == [30 + n for n in range(8)]
    wide = [f"P{n:02d},{20 + n},{10 + n},{7 + n},{5 + n}" for n in range(8)]
    head = "患者编号,治疗前疼痛,疼痛(第4周),血沉_基线,4周血沉"
    found = drafted("wide", written(tmp_path, "\n".join([head, *wide])))
    assert [visit.label for visit in found.study.visits] == ["Baseline", "Week 4"]
    assert {variable.label for variable in found.study.variables.values()} == {"疼痛", "血沉"}


def test_values_counted_behind_the_letter_y_are_no_years_and_the_first_is_said_to_be_the_baseline(
    drafted, tmp_path
):
    rows = [f"{n % 2},{n},{n + 1},{n + 3}" for n in range(1, 9)]
    found = drafted("counted", written(tmp_path, "\n".join(["trt,y1,y2,y3", *rows])))
    assert [visit.label for visit in found.study.visits] == ["Visit 1", "Visit 2", "Visit 3"]
    assert "no visit is called baseline: Visit 1 is taken for it" in "\n".join(found.said)


def test_rows_of_two_events_are_two_times_of_each_subject(drafted, tmp_path):
    rows = [
        f"{n},{('A', 'Obs')[n % 2]},{n // 2 % 2},{kind},{10 * n + kind},{(n + kind) % 2}"
        for n in range(1, 31)
        for kind in (2, 1)
    ]
    found = drafted("events", written(tmp_path, "\n".join(["id,rx,sex,etype,time,status", *rows])))
    people = found.tables["subjects"]
    for kind in (1, 2):
        assert people[f"etype_{kind}_time"].tolist() == [10 * n + kind for n in range(1, 31)]
        assert people[f"etype_{kind}_event"].tolist() == [(n + kind) % 2 == 1 for n in range(1, 31)]
    assert found.study.groups.order[0] == "obs"  # observation alone is the control
    assert set(people["sex_recorded"]) == {"code 0", "code 1"}  # nobody is told that half of them are "sex"
    assert "etype is taken for the kind of event" in "\n".join(found.said)
    assert "visit" not in found.said[0]
    report = (found.root / "reports" / "events" / "final.qmd").read_text(encoding="utf-8")
    assert "tbl-attendance" not in report  # nobody has a visit to be seen at


def test_the_time_of_a_visit_is_no_endpoint_and_the_greater_of_two_values_is(drafted, tmp_path):
    rows = [
        f"P{n:02d},{('control', 'active')[n % 2]},{visit},{visit * 4 + n / 9:.3f},"
        f"{('none or mild', 'moderate or severe')[(n + visit) % 3 == 0]}"
        for n in range(1, 21)
        for visit in range(1, 5)
    ]
    text = "\n".join(["patient,treatment,visit,time,nails", *rows])
    found = drafted("nails", written(tmp_path, text))
    (endpoint,) = found.study.endpoints
    assert (endpoint.variable, endpoint.scale, endpoint.label) == (
        "nails",
        "binary",
        "Nails: moderate or severe",
    )
    visits = found.tables["visits"]
    told = [
        (int(id[1:]) + int(visit[1:])) % 3 == 0 for id, visit in zip(visits["subject_id"], visits["visit_id"])
    ]
    assert visits["nails"].tolist() == told
    said = "\n".join(found.said)
    assert "time grows from visit to visit" in said
    assert "moderate or severe counts as yes, none or mild as no" in said


TIMES_TO_EVENTS = [  # columns of time and state, their codes (not, happened), and the pairs that are proposed
    ("time,status", ("0", "1"), ["status"]),
    ("time,status", ("1", "2"), ["status"]),  # as R's lung has it, with a doubt
    ("time,status", ("alive", "dead"), ["status"]),
    ("OS_MONTHS,OS_STATUS", ("0:LIVING", "1:DECEASED"), ["os_status"]),
    ("futime,fustat", ("0", "1"), ["fustat"]),
    ("rtime,recur,dtime,death", ("0", "1"), ["recur", "death"]),
    ("rfstime,status", ("0", "1"), ["status"]),  # one name that ends in time, one state
    ("pfs,pfs_event,os,os_event", ("0", "1"), ["pfs_event", "os_event"]),
    ("time_to_relapse,relapse", ("no", "yes"), ["relapse"]),
    ("time,cens", ("0", "1"), []),  # 1 may be censored or not: a curve the wrong way round is worse than none
    ("time,status", ("left", "right"), []),
    ("age_years,status", ("0", "1"), []),  # no time to anything
]


@pytest.mark.parametrize(("columns", "codes", "events"), TIMES_TO_EVENTS)
def test_a_time_beside_a_state_is_a_time_to_an_event_or_the_draft_says_why_not(
    drafted, tmp_path, columns, codes, events
):
    named = columns.split(",")
    rows = [
        ",".join(
            [f"P{n:02d}", *(codes[n % 3 == 0] if place % 2 else str(20 + n) for place, _ in enumerate(named))]
        )
        for n in range(1, 31)
    ]
    found = drafted("times", written(tmp_path, "\n".join([f"id,{columns}", *rows])))
    settings = {notebook.name: notebook.parameters for notebook in found.report.notebooks}
    assert settings.get("time_to_event", {}).get("events", []) == [f"{event}_event" for event in events]
    people = found.tables["subjects"]
    for event in events:
        assert people[f"{event}_event"].tolist() == [n % 3 == 0 for n in range(1, 31)]
        assert people[f"{event}_time"].tolist() == [20 + n for n in range(1, 31)]
    said = "\n".join(found.said)
    assert ("nothing says which" in said) == (not events and "time," in columns)


def test_a_state_at_the_end_with_more_than_two_codes_is_no_number(drafted, tmp_path):
    rows = [f"{n},{100 * n},{n % 3}" for n in range(1, 13)]
    found = drafted("states", written(tmp_path, "\n".join(["id,futime,status", *rows])))
    assert found.study.variables["status"].allowed == ["code 0", "code 1", "code 2"]
    assert "status has the codes 0, 1, 2: nothing says which is the event after futime" in "\n".join(
        found.said
    )


def test_numbers_with_many_decimals_are_shown_short_and_told_apart_in_full(drafted, tmp_path):
    rows = [f"{n},{week},{200 + n / 7 + week / 9:.6f}" for n in range(8) for week in (0, 4)]
    found = drafted("decimals", written(tmp_path, "\n".join(["id,week,reaction", *rows])))
    (endpoint,) = found.study.endpoints
    assert (endpoint.resolution, endpoint.digits) == (0.0001, 0)
