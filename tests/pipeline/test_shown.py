"""In which table, and in which row of it, a number of the text stands."""

import pytest

from analysis import media
from pipeline.publish.shown import Place, shown_in

HEAD = "<thead><tr><th>Step</th><th>Week 4</th><th>Week 24</th></tr></thead>"


def table(*bodies: str) -> str:
    return f"<table>{HEAD}{''.join(f'<tbody>{body}</tbody>' for body in bodies)}</table>"


def line(name: str, *cells: str) -> str:
    return f"<tr><th>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def group(name: str) -> str:
    return f'<tr><th scope="rowgroup" colspan="3">{name}</th></tr>'


def notebook(*tables: str, marks: dict | None = None) -> tuple[str, dict]:
    cells = [
        {
            "cell_type": "code",
            "source": f"#| label: tbl-{number}\n#| shows: t2t",
            "outputs": [{"data": {"text/html": html, **(marks or {})}}],
        }
        for number, html in enumerate(tables, 1)
    ]
    return "target", {"cells": cells}


def results(**values: float) -> list[dict]:
    same = {"notebook": "target", "analysis": "t2t", "method": None, "denominator": 113.0}
    return [
        same | {"result_id": f"t2t.all.decided.w24.all.{name}", "statistic": name, "value": value}
        for name, value in values.items()
    ]


MISSED = (
    group("Missed")
    + line("n/N", "158/183", "113/178")
    + line("% (CI)", "86.3 (80.6 to 90.6)", "63.5 (56.2 to 70.2)")
)
CHANGED = (
    group("Changed")
    + line("n/N", "46/158", "71/113")
    + line("% (CI)", "29.1 (22.6 to 36.6)", "62.8 (53.6 to 71.2)")
)
SHARE = {"count": 71.0, "n": 113.0, "estimate": 0.6283, "conf_low": 0.5363, "conf_high": 0.7119}
AT_24 = {"visit": "Week 24"}


def place(statistic: str, *tables: str, named: dict = AT_24, values: dict = SHARE, **given) -> Place | None:
    rows = results(**values)
    return shown_in([notebook(*tables, **given)], rows)(
        next(r for r in rows if r["statistic"] == statistic), named
    )


@pytest.mark.parametrize(("statistic", "row"), [("count", 3), ("estimate", 4)])
def test_numbers_that_belong_together_tell_the_row_and_its_words_what_the_result_is(statistic, row):
    assert place(statistic, table(MISSED, CHANGED)) == Place(
        "tbl-1", row, ("Changed", "n/N" if row == 3 else "% (CI)")
    )


def test_a_number_under_another_visit_is_none_of_the_result():
    swapped = table(group("Changed") + line("n/N", "71/113", "46/158"))
    assert place("count", swapped) is None


def test_a_few_small_counts_that_agree_by_chance_tell_no_row():
    few = {"count": 4.0, "n": 20.0, "estimate": 0.2}
    assert place("count", table(line("anti-TIF1-gamma", "1 (5.0)", "4 (20.0)")), values=few) is None


def test_what_has_a_name_is_shown_by_the_row_that_bears_it_even_in_a_later_table():
    one = {"count": 1.0, "n": 200.0, "estimate": 0.005, "conf_low": 0.001, "conf_high": 0.028}
    death = table(line("Death", "0 (0.0)", "1 (0.5); 0.1 to 2.8"))
    stroke = table(line("Stroke", "0 (0.0)", "1 (0.5)"))
    found = place("count", death, stroke, named=AT_24 | {"variable": "Stroke"}, values=one)
    assert found == Place("tbl-2", 1, ("Stroke",))


def test_two_rows_that_both_can_be_it_leave_the_table_alone():
    twice = line("mean", "", "62.8 (53.6 to 71.2)")
    assert place("estimate", table(twice, twice)) == Place("tbl-1")


def test_a_listing_has_no_row_for_a_number_of_patients():
    marks = {media.MARKS: {"per_patient": True}}
    assert place("estimate", table(MISSED, CHANGED), marks=marks) == Place("tbl-1")


def test_a_group_ends_with_its_rows():
    found = place("count", table(group("Reason") + line("x", "1", "2"), line("Age", "", "71/113")))
    assert found is not None and found.words == ("Age",)


@pytest.mark.parametrize(("name", "row"), [("严重不良事件", 1), ("死亡", 2)])
def test_in_chinese_a_name_is_found_within_the_words_of_a_row(name, row):
    table_in_chinese = table(
        line("任何严重不良事件，n（%）", "", "3 (15.0)"), line("其中死亡者", "", "3 (15.0)")
    )
    found = place(
        "count", table_in_chinese, named=AT_24 | {"variable": name}, values={"count": 3.0, "n": 20.0}
    )
    assert found is not None and found.row == row
