"""Dates from cells of text: clinical reference F.2 rule 5."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.read.dates import Calendar, day

DAY = date(2024, 3, 5)


@pytest.mark.parametrize(
    "raw",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/3/5",
        "2024.03.05",
        "2024年3月5日",
        "２０２４年３月５日",
        "20240305",
        "2024-03-05 00:00:00",
        "2024-03-05T10:30:00",
        "5 Mar 2024",
        "05MAR2024",
    ],
)
def test_one_day_in_its_spellings(raw):
    read = day(raw)
    assert (read.status, read.day, read.precision) == ("ok", DAY, "D")


@pytest.mark.parametrize(
    "raw", ["１９７０-０７-０８", "\u20661970-07-08\u2069", "1970\u201107\u201108", "١٩٧٠-٠٧-٠٨"]
)
def test_a_day_in_unusual_signs_is_read_and_recorded(raw):
    assert (day(raw).day, day(raw).repairs) == (date(1970, 7, 8), ("N1",))
    assert day("1970-07-08").repairs == day("  1970-07-08 ").repairs == ()


@pytest.mark.parametrize(
    ("raw", "first", "precision"),
    [
        ("2024-03", date(2024, 3, 1), "M"),
        ("2024/3", date(2024, 3, 1), "M"),
        ("2024年3月", date(2024, 3, 1), "M"),
        ("2024-03-UN", date(2024, 3, 1), "M"),
        ("2024-03-00", date(2024, 3, 1), "M"),
        ("2024", date(2024, 1, 1), "Y"),
        ("2024年", date(2024, 1, 1), "Y"),
        ("2024-UN-UN", date(2024, 1, 1), "Y"),
    ],
)
def test_partial_date_says_what_it_knows(raw, first, precision):
    read = day(raw)
    assert (read.status, read.day, read.precision) == ("ok", first, precision)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("03/05/2024", "ambiguous"),
        ("03-05-2024", "ambiguous"),
        ("24/3/5", "two_digit_year"),
        ("24年3月5日", "two_digit_year"),
        ("2023-02-30", "unparseable"),
        ("2024-13-01", "unparseable"),
        ("1024-03-05", "unparseable"),
        ("soon", "unparseable"),
        ("123", "counted"),
        ("45356", "counted"),
    ],
)
def test_doubtful_date_stays_a_question(raw, status):
    read = day(raw)
    assert (read.status, read.day) == (status, None)


def test_declared_order_decides_and_so_does_a_part_above_twelve():
    assert day("03/05/2024", calendar=Calendar("dmy")).day == date(2024, 5, 3)
    assert day("03/05/2024", calendar=Calendar("mdy")).day == date(2024, 3, 5)
    assert day("25/03/2024").day == day("03/25/2024").day == date(2024, 3, 25)
    assert day("05/05/2024").day == date(2024, 5, 5)
    assert day("25/03/2024", calendar=Calendar("mdy")).status == "unparseable"


@pytest.mark.parametrize(
    ("raw", "reason"), [("", "blank"), ("不详", "unknown"), ("—", "missing"), ("9999-99-99", "declared")]
)
def test_no_date_gives_its_reason(raw, reason):
    read = day(raw, frozenset({"9999-99-99"}))
    assert (read.status, read.reason) == ("missing", reason)


@given(st.dates(date(1927, 5, 18), date(2100, 12, 31)))
def test_all_spellings_of_a_day_agree(when):
    spellings = [
        when.isoformat(),
        f"{when.year}/{when.month}/{when.day}",
        f"{when.year}.{when.month:02}.{when.day:02}",
        f"{when.year}年{when.month}月{when.day}日",
    ]
    assert {day(text).day for text in spellings} == {when}


@given(
    st.dates(date(1920, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["dmy", "mdy"]),
)
def test_order_of_day_and_month_is_never_guessed(when, order):
    text = when.strftime("%d/%m/%Y" if order == "dmy" else "%m/%d/%Y")
    assert day(text, calendar=Calendar(order)).day == when
    if when.day <= 12 and when.day != when.month:
        assert day(text).status == "ambiguous"


@given(st.text(max_size=14))
def test_any_text_is_read_or_refused_but_never_breaks(text):
    read = day(text)
    assert (read.status == "ok") == (read.day is not None)
