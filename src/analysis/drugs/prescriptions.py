"""Doses and frequencies as prescriptions write them: how often a day, how much a day, and whether only once."""

import re
import unicodedata
from functools import cache

import numpy as np
import pandas as pd

MG = {"mg": 1.0, "毫克": 1.0, "g": 1000.0, "gm": 1000.0, "克": 1000.0}
MG |= {"ug": 0.001, "μg": 0.001, "mcg": 0.001, "微克": 0.001}
DIGITS = dict(zip("一二两双三四五六七八九十半", (1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.5)))
WORDS = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11)))  # noqa: SIM905 - reads better
WORDS |= {"once": 1, "twice": 2, "thrice": 3, "twelve": 12, "second": 2, "other": 2, "third": 3, "fourth": 4}
LENGTHS = {
    1 / 24: "h hr hrs hour hours hourly 小时",
    1: "d day days daily 日 天",
    7: "w wk wks week weeks weekly 周 星期",
    365.25 / 12: "m month months monthly 月 个月",
    365.25: "year years yearly 年",
}
DAYS = {word: days for days, words in LENGTHS.items() for word in words.split()}
A_DAY = {
    1: "qd od sid qn hs qhs qam qpm daily nightly nocte mane 顿服 晨服 晨起 晨顿服 睡前 早 晚",
    2: "bid bd 早晚",
    3: "tid tds 早中晚",
    4: "qid qds",
    1 / 2: "qod eod 隔日 隔天",
    1 / 7: "qw weekly",
    2 / 7: "biw",
    3 / 7: "tiw",
    1 / 14: "eow fortnightly 隔周",
    12 / 365.25: "qm monthly",
    np.nan: "biweekly",  # every two weeks, or twice a week
}
SHORT = {word: often for often, words in A_DAY.items() for word in words.split()}
NOT_FIXED = re.compile(
    "prn|p.r.n|as needed|as required|if needed|sos|as directed|taper|variable|"
    "必要时|按需|临时|需要时|遵医嘱|减量|不定"
)
ONCE = re.compile(
    r"once|once only|single|single dose|one dose|one-off|stat|st|单次|一次性|单剂|立即|仅一次|一次|1次|onetime|one time"
)
UNIT = "|".join(sorted(DAYS, key=len, reverse=True))
NUMBER = rf"\d+(?:\.\d+)?|{'|'.join(WORDS)}|[{''.join(DIGITS)}]"
RULES = (
    # every N units, M times: every 2 weeks, q12h, q8w, 每2周1次, 每12小时一次, 每两周
    rf"(?:every|each|q|每)\s*(?P<of>{NUMBER})?\s*(?P<unit>{UNIT})s?\s*(?:(?P<n>{NUMBER})\s*(?:次|times?)?)?",
    # N times a unit: 4 times daily, twice a week, 3次/日, 2x/day, once daily
    rf"(?P<n>{NUMBER})(?:\s|次|times?|x|×|an?|per|each|every|/|每)+(?P<unit>{UNIT})",
    # 一日三次, 日3次, 1天2次, 一周一次
    rf"(?P<of>{NUMBER})?\s*(?P<unit>{UNIT})\s*(?P<n>{NUMBER})\s*次?",
)  # fmt: skip


def doses_a_day(frequencies: pd.Series) -> pd.Series:
    """Give how often a day a drug is taken; NaN where it is not fixed (as needed), given once, or not understood.

    Parameters
    ----------
    frequencies : Series of str
        Words, abbreviations or Chinese.

    Examples
    --------
    >>> doses_a_day(pd.Series(["four times daily", "tid", "q12h", "每日4次", "隔日一次", "prn"])).tolist()
    [4.0, 3.0, 2.0, 4.0, 0.5, nan]
    """
    return frequencies.map({text: _per_day(text) for text in frequencies.dropna().unique()}).astype(float)


def given_once(frequencies: pd.Series) -> pd.Series:
    """Tell which courses are one administration only: a pulse, a depot injection, a single infusion.

    Examples
    --------
    >>> given_once(pd.Series(["once", "单次", "once daily", "每日一次", None])).tolist()
    [True, True, False, False, False]
    """
    said = {text: bool(ONCE.fullmatch(_plain(text))) for text in frequencies.dropna().unique()}
    return frequencies.map(said).astype("boolean").fillna(False).astype(bool)


def is_frequency(text: str) -> bool:
    """Tell whether a text says how often a drug is taken, that it was given once, or that it is not fixed.

    Examples
    --------
    >>> is_frequency("twice daily"), is_frequency("prn"), is_frequency("twice dialy")
    (True, True, False)
    """
    plain = _plain(text)
    return not np.isnan(_per_day(text)) or bool(ONCE.fullmatch(plain) or NOT_FIXED.search(plain))


def milligrams(doses: pd.Series, units: pd.Series) -> pd.Series:
    """Give doses in milligrams; NaN for a unit that is none of mass, such as mg/kg.

    Examples
    --------
    >>> milligrams(pd.Series([1, 250, 8]), pd.Series(["g", "mg", "mg/kg"])).tolist()
    [1000.0, 250.0, nan]
    """
    factor = {unit: MG.get(_plain(unit)) for unit in units.dropna().unique()}
    return doses.astype(float) * units.map(factor).astype(float)


def dose_keys(courses: pd.DataFrame, *, same: str) -> np.ndarray:
    """Give each course a text that is equal for the same dose; None where the dose is not known.

    Parameters
    ----------
    courses : DataFrame
        ``dose``, and where collected ``dose_unit`` and ``frequency``.
    same : {"daily", "each", "written"}
        Same amount a day (1000 mg twice is 2000 mg once); same amount as often (1 g is 1000 mg); same words.

    Examples
    --------
    >>> rows = pd.DataFrame({"dose": [1, 1000, 2000], "dose_unit": ["g", "mg", "mg"],
    ...                      "frequency": ["bid", "每日两次", "once daily"]})
    >>> [len(set(dose_keys(rows, same=same))) for same in ("daily", "each", "written")]
    [1, 2, 3]
    """
    if same not in ("daily", "each", "written"):
        raise ValueError(f"same_dose is {same!r}; expected daily, each or written")
    code = np.zeros(len(courses), dtype=np.int64)
    for name in ("dose", "dose_unit", "frequency"):
        if name in courses:
            part = pd.factorize(courses[name], use_na_sentinel=False)[0]
            code = pd.factorize(code * (part.max(initial=0) + 1) + part)[0]
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    return _keys_of(courses.iloc[first], same)[place]


def _keys_of(courses: pd.DataFrame, same: str) -> np.ndarray:
    """The texts of distinct prescriptions."""
    blank = pd.Series(pd.NA, index=courses.index, dtype="str")
    unit, words = (
        courses[name].astype("str") if name in courses else blank for name in ("dose_unit", "frequency")
    )
    dose = courses["dose"].astype(float)
    mass, often = milligrams(dose, unit), doses_a_day(words)
    in_unit = dose.round(8).astype("str") + " " + unit.fillna("")
    amount = (mass.round(8).astype("str") + " mg").where(mass.notna(), in_unit)
    written = in_unit + " " + words.fillna("")
    each = (amount + " " + often.round(8).astype("str")).where(often.notna(), amount + " " + words.fillna(""))
    a_day = (
        (mass.where(mass.notna(), dose) * often).round(8).astype("str")
        + " "
        + unit.where(mass.isna(), "mg").fillna("")
    )
    found = {"written": written, "each": each, "daily": a_day.where(often.notna(), each)}[same]
    return found.where(dose.notna(), None).to_numpy(dtype=object)


def _plain(text):
    """Give the text without width, case, brackets and surrounding blanks."""
    return re.sub(r"[()\s]+", " ", unicodedata.normalize("NFKC", str(text)).lower()).strip(" .,;")


@cache
def _per_day(text):
    """Give the administrations per day of one frequency."""
    words = _plain(text)
    if NOT_FIXED.search(words):
        return np.nan
    words = re.sub(
        r"\b(?:p\.?o|s\.?c|i\.?v|i\.?m|orally|口服|皮下注射|静滴|静脉滴注|肌注)\b\.?", "", words
    ).strip()
    plain = words.replace(".", "") if re.fullmatch(r"(?:[a-z]\.)+[a-z]?", words) else words
    if plain in SHORT:
        return float(SHORT[plain])
    if re.fullmatch(r"(隔日|隔天|隔周|睡前|晨起|顿服)[一1]?次?", plain):
        return float(SHORT[plain[:2]])
    if re.fullmatch(r"(every other|alternate|every second) days?|on alternate days", plain):
        return 0.5
    if re.fullmatch(r"(every other|alternate|every second) weeks?", plain):
        return 1 / 14
    found = next(filter(None, (re.fullmatch(rule, plain) for rule in RULES)), None)
    if found is None:
        return np.nan
    told = found.groupdict()
    return _number(told.get("n")) / (DAYS[told["unit"]] * _number(told.get("of")))


def _number(text):
    """Read a number in digits, English or Chinese; nothing is one."""
    if not text:
        return 1.0
    return float(WORDS.get(text) or DIGITS.get(text) or text)
