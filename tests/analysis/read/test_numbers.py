"""Numbers from cells of text: the test vectors of the clinical reference F.2 rule 1, and properties."""

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.read.numbers import number


@pytest.mark.parametrize(
    ("raw", "value", "censor", "unit"),
    [
        ("１２．５", 12.5, "none", ""),
        ("<0.5", 0.5, "left", ""),
        ("＜０．５", 0.5, "left", ""),
        ("小于0.5", 0.5, "left", ""),
        (">200", 200, "right", ""),
        ("≥3", 3, "right", ""),
        ("<=0.8", 0.8, "left", ""),
        (" 38 mm/h", 38, "none", "mm/h"),
        ("3.2mg/dl", 3.2, "none", "mg/dl"),
        ("1,250", 1250, "none", ""),
        ("12,345,678", 12345678, "none", ""),
        ("5.6↑", 5.6, "none", ""),
        ("5.6 H", 5.6, "none", ""),
        ("5.0*", 5.0, "none", ""),
        ("7。5", 7.5, "none", ""),
        ("1.2×10^9/L", 1.2, "none", "×10^9/L"),
        ("1.2×10⁹/L", 1.2, "none", "×10^9/L"),
        ("0", 0, "none", ""),
        ("-9", -9, "none", ""),
        ("−9", -9, "none", ""),
        ("+3", 3, "none", ""),
        ("38\u3000mm/h", 38, "none", "mm/h"),
        ("38\u00a0mm/h", 38, "none", "mm/h"),
    ],
)
def test_number_is_read(raw, value, censor, unit):
    read = number(raw)
    assert (read.status, read.value, read.censor, read.unit) == ("ok", value, censor, unit)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "blank"),
        ("   ", "blank"),
        ("未查", "not_done"),
        ("未做", "not_done"),
        ("拒查", "refused"),
        ("缺失", "missing"),
        ("-", "missing"),
        ("—", "missing"),
        ("/", "missing"),
        ("NA", "missing"),
        ("na", "missing"),
        ("#VALUE!", "missing"),
        ("标本溶血", "haemolysed"),
    ],
)
def test_word_for_missing_gives_its_reason(raw, reason):
    read = number(raw)
    assert (read.status, read.reason) == ("missing", reason)
    assert math.isnan(read.value)


@pytest.mark.parametrize(
    "raw", ["12,5", "24/8", "12.3.4", "8 0", "O", "l2", "1,25", "5.6H", "5 furlong", "--5", "5 (3)"]
)
def test_what_is_ambiguous_or_no_number_is_refused(raw):
    read = number(raw)
    assert read.status == "unparseable"
    assert math.isnan(read.value)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("阴性", "negative"),
        ("（＋）", "positive"),
        ("阳性", "positive"),
        ("(-)", "negative"),
        ("±", "weakly positive"),
    ],
)
def test_qualitative_result_is_kept_as_text(raw, text):
    read = number(raw)
    assert (read.status, read.text) == ("qualitative", text)


@pytest.mark.parametrize("code", ["-9", "-99", "999", "9999"])
def test_sentinel_is_missing_only_where_declared(code):
    assert number(code).status == "ok"
    assert number(code, frozenset({code})).status == "missing"
    assert number(f"{code}.0", frozenset({code})).status == "missing"


def test_every_repair_is_named():
    assert number("５.６↑").repairs == ("N1", "N2")
    assert number("٧٥").repairs == number("7\u200b5").repairs == ("N1",)
    assert number("<1,250").repairs == ("N3", "N4")
    assert number("5.6").repairs == ()


@given(st.floats(0, 1e6), st.integers(0, 4))
def test_a_plain_decimal_reads_as_itself(value, digits):
    text = f"{value:.{digits}f}"
    assert number(text).value == float(text)


@given(st.integers(0, 10**9))
def test_thousands_separators_change_nothing(value):
    assert number(f"{value:,}").value == value


@given(st.floats(0, 1e4).map(lambda v: f"{v:.2f}"))
def test_full_width_digits_change_nothing(text):
    wide = text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert number(wide).value == number(text).value


@given(st.text(alphabet=string.printable + "未查小于↑阴性，。", max_size=12))
def test_any_text_is_read_or_refused_but_never_breaks(text):
    read = number(text)
    assert read.status in ("ok", "missing", "qualitative", "unparseable")
    assert (read.status == "ok") == (not math.isnan(read.value))
