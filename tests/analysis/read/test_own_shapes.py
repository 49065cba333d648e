"""Files that no study of ours has: numbers that start anew in every centre, no patient number, a table of one's own."""

from analysis import read

STUDY = """\
id: shapes
title: Shapes
short_title: Shapes
institution: Nowhere
design: cohort
planned_n: 3
synthetic: true
visit_by: label
visits: [{id: W00, label: Baseline}, {id: W01, label: Week 1}]
baseline_visit: W00
sources: [{id: rows, type: csv, path: rows.csv}]
variables:
  score: {table: visits, type: int, label: Score}
  colour: {table: subjects, type: str, label: Colour}
  drops: {table: infusions, type: int, label: Drops}
tables:
%s
populations: {ALL: {label: All, rule: enrolled}}
primary_population: ALL
"""
CENTRES = """\
centre,id,week,score,colour
1,1,0,5,red
1,1,1,6,red
2,1,0,7,blue
2,1,1,8,blue
2,,1,9,blue
"""


def tables(folder, blocks, rows=CENTRES):
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    (folder / "study.yml").write_text(STUDY % blocks, encoding="utf-8")
    return read.tables(read.study(folder / "study.yml"), root=folder)


def test_a_number_that_starts_anew_in_every_centre_is_read_with_its_centre(tmp_path):
    found = tables(
        tmp_path,
        """\
  subjects:
    - from: rows
      rows: {once_per: [centre, id]}
      columns: {subject_id: {all_of: [centre, id]}, colour: colour}
  visits:
    - from: rows
      rows: {event_column: week, events: {0: W00, 1: W01}}
      columns: {subject_id: {all_of: [centre, id]}, score: score}""",
    )
    assert found.tables["subjects"][["subject_id", "colour"]].values.tolist() == [
        ["1-1", "red"],
        ["2-1", "blue"],
    ]
    assert found.tables["visits"]["score"].tolist() == [5, 6, 7, 8]
    aside = found.accounting.query("kind == 'set aside' and reason == 'no subject id'")
    assert aside["n"].tolist() == [1, 1]  # a part of the number is missing: nobody's row, in both tables


def test_subjects_whose_rows_disagree_are_told_by_all_parts_of_their_number(tmp_path):
    found = tables(
        tmp_path,
        """\
  subjects:
    - from: rows
      rows: {once_per: [centre, id]}
      columns: {subject_id: {all_of: [centre, id]}, colour: colour}""",
        CENTRES.replace("1,1,1,6,red", "1,1,1,6,pink"),
    )
    told = found.queries.query("rule_id == 'K8'")
    assert told[["subject_id", "variable"]].values.tolist() == [["1-1", "colour"]]


def test_where_nothing_names_the_subject_the_number_of_the_row_does(tmp_path):
    found = tables(
        tmp_path,
        "  subjects:\n    - from: rows\n      columns: {subject_id: {row_number: true}, colour: colour}",
        "colour\nred\nblue\n",
    )
    assert found.tables["subjects"]["subject_id"].tolist() == ["2", "3"]  # as a spreadsheet shows them


def test_a_table_of_ones_own_has_subject_and_visit_without_declaring_them(tmp_path):
    found = tables(
        tmp_path,
        """\
  subjects:
    - from: rows
      rows: {once_per: [centre]}
      columns: {subject_id: centre}
  infusions:
    - from: rows
      rows: {event_column: week, events: {0: W00, 1: W01}}
      columns: {subject_id: centre, drops: score}""",
    )
    assert found.tables["infusions"][["subject_id", "visit_id", "drops"]].values.tolist() == [
        ["1", "W00", 5.0],
        ["1", "W01", 6.0],
        ["2", "W00", 7.0],
        ["2", "W01", 8.0],
        ["2", "W01", 9.0],
    ]


DAYS = """\
id,day,weeks,score,result
1,1,0,5,10
1,15,2,6,11
1,15,2,6,12
1,40,5.6,7,13
"""


def test_rows_that_only_a_study_day_tells_apart_are_different_visits_and_samples(tmp_path):
    """The two rows of day 15 are two entries for one thing, the later counts; no other row goes into another."""
    found = tables(
        tmp_path,
        """\
  subjects:
    - from: rows
      rows: {once_per: [id]}
      columns: {subject_id: id}
  visits:
    - from: rows
      columns: {subject_id: id, visit_day: day, score: score}
  labs:
    - from: rows
      columns: {subject_id: id, sample_day: {column: weeks, unit: weeks}, analyte: {value: CRP}, value_raw: result}""",
        DAYS,
    )
    assert found.tables["visits"][["visit_day", "score"]].values.tolist() == [[1, 5], [15, 6], [40, 7]]
    labs = found.tables["labs"]
    assert labs["sample_day"].tolist() == [1, 15, 40]  # 5.6 weeks are 39.2 days after day 1
    assert labs["value_raw"].tolist() == ["10", "12", "13"]
