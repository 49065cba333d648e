"""Names of columns: words for subject, visit, arm and time, and the moment of time that a name speaks of."""

# ruff: noqa: SIM905 - lists of words read better as words

import re
from typing import NamedTuple

SUBJECT = (
    "usubjid subjid subject_id subjectid subject subj_id patient_id patientid patient pat_id patid pid pt_id ptid "
    "participant_id participant record_id id id_no case_id caseid case sid subno patno 受试者编号 患者编号 受试者 "
    "病例号 研究编号 编号 person_id personid person patientennummer patnr pat_nr probandennummer proband"
).split()
CENTRE = (
    "site siteid site_id center centre center_id centre_id clinic hospital redcap_data_access_group 中心 中心编号 科室"
).split()
ARM = (
    "arm trt01p trta trtp trt01a treatment treat trt tx rx randgroup rand_group allocation randomization "
    "treatment_arm study_arm treatment_group 分组 组别 治疗组 behandlung gruppe groupe grupo group grp"
).split()
WEAK_ARM = frozenset({"gruppe", "groupe", "grupo", "group", "grp", "组别", "tx", "rx"})
SEX = "sex gender 性别".split()
AGE = "age age_years age_yrs 年龄".split()
VISIT = (
    "redcap_event_name avisitn avisit visitnum visitn visit visit_id visit_name visitname event_name week weeks wk "
    "month months mo day days studyday study_day ady visitdy vsdy timepoint time_point time year wave period phase "
    "visite visita besuch woche monat semaine mois "
    "occasion session followup follow_up fu enum 访视 随访 时间点 访视名称 周 月"
).split()
BASE = "base baseline bl bsl basal 基线".split()
DERIVED = frozenset("chg pchg base basetype shift1".split())  # ADaM: follows from the values
TIME = "time futime survtime surv_time os_time pfs_time tte time_to_event followup_time days survival ttevent".split()
EVENT = (
    "status event death dead cens censor died os_event pfs_event delta d fustat stat censored relapse recur recurrence "
    "progression failure"
).split()
ADVERSE = {  # CDISC's and usual names of what the template's table of adverse events holds
    "aeterm": "term_verbatim",
    "aedecod": "pt",
    "aebodsys": "soc",
    "astdt": "start_date",
    "aestdtc": "start_date",
    "aendt": "stop_date",
    "aeendtc": "stop_date",
    "aeseq": "ae_id",
    "ae_term": "term_verbatim",
    "ae_name": "term_verbatim",
    "ae_start": "start_date",
    "ae_start_date": "start_date",
    "ae_onset": "start_date",
    "ae_stop": "stop_date",
    "ae_end": "stop_date",
    "ae_end_date": "stop_date",
}

_WORDS = dict.fromkeys(
    "baseline base bl bsl pre before prior entry initial start preop 基线 基线期 治疗前 用药前 术前 入组".split(),
    0.0,
)
_LATER = dict.fromkeys(
    "post after end final last fu followup discharge exit 末次 末次随访 治疗后 用药后 术后 出院 出院时 终点".split()
)
_NUMBERS = dict(zip("one two three four five six nine twelve".split(), (1, 2, 3, 4, 5, 6, 9, 12)))
_DAYS = {
    **dict.fromkeys(("d", "day", "days", "pod", "天", "日"), 1.0),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "周"), 7.0),
    **dict.fromkeys(("m", "mo", "mon", "month", "months", "mth", "月"), 30.4375),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years", "年"), 365.25),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1 / 24),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 1 / 1440),
}
_SHOWN = {1.0: "Day", 7.0: "Week", 30.4375: "Month", 365.25: "Year", 1 / 24: "Hour", 1 / 1440: "Minute"}
_COUNTED = dict.fromkeys("v visit t time tp wave session period occasion fu 访视 随访 次".split())
_CHINESE = {sign: size for size, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_AT = re.compile(  # 第12周, 治疗后3个月末, 第四周访视
    r"(?:治疗后|用药后|术后|出院后|访视|随访)?第?(\d+(?:\.\d+)?|[一二两三四五六七八九十]+)个?([天日周月年次])"
    r"(?:末|后|时|访视|随访)*"
)
CHINESE_MOMENT = (  # the same inside a name, where a variable stands before or after it
    r"基线期?|治疗[前后]|用药[前后]|术[前后]|末次随访|末次|(?:治疗后|用药后|术后)?"
    r"第?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)个?[天日周月年]"
)


class Moment(NamedTuple):
    """A moment of time that a name or a value speaks of: where it stands, and how it is shown."""

    days: float  # from baseline; only an order where `exact` is false
    shown: str
    exact: bool


_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    | dict.fromkeys("éèêë", "e") | dict.fromkeys("áàâã", "a") | dict.fromkeys("óòôõ", "o")
    | dict.fromkeys("íìî", "i") | dict.fromkeys("úùû", "u") | {"ç": "c", "ñ": "n"}
)  # fmt: skip


def slug(text: str) -> str:
    """A name as the study file takes it: letters of ASCII, digits and underscores, a letter first.

    Examples
    --------
    >>> slug("hos.cat"), slug("FVC (mL)"), slug("6MWD"), slug("炎症"), slug("Größe")
    ('hos_cat', 'fvc_m_l', 'v_6mwd', '', 'groesse')
    """
    text = text.translate(_LETTERS)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text) if not text.isupper() else text
    plain = re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")
    return f"v_{plain}" if plain[:1].isdigit() else plain


def plain(text: str) -> str:
    """A name as the lists of words have it, without what stands in brackets at its end.

    Examples
    --------
    >>> plain("Patient ID"), plain("年龄(岁)"), plain("(none)")
    ('patient_id', '年龄', '(none)')
    """
    said = str(text).strip().lower()
    bare = re.sub(r"\s*[(\[（][^)\]）]*[)\]）]$", "", said)
    return re.sub(r"[\s.\-]+", "_", bare or said)


def counted(count: int, noun: str) -> str:
    """A count with its noun, in English, as everything that a draft says.

    Examples
    --------
    >>> counted(1, "visit"), counted(3, "visit")
    ('1 visit', '3 visits')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def unit_word(name: str) -> str:
    """What a column of time counts, by its name or by what stands in brackets at its end.

    Examples
    --------
    >>> unit_word("Time (weeks)"), unit_word("month"), unit_word("随访(月)")
    ('weeks', 'month', '月')
    """
    inside = re.search(r"[(\[（]([^)\]）]*)[)\]）]$", str(name).strip().lower())
    return inside[1].strip() if inside and inside[1].strip() in _DAYS else plain(name)


def words(text: str) -> str:
    """A name as a person would write it, where nothing says what it is called.

    Examples
    --------
    >>> words("hos.cat"), words("preOp_smoking"), words("twstrs"), words("CRP level")
    ('Hos cat', 'Pre op smoking', 'Twstrs', 'CRP level')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text) if not text.isupper() else text
    said = [part for part in re.split(r"[_.\s]+", spaced) if part]
    if text.isupper():
        return " ".join(said)
    short = [part if len(part) > 1 and part[:2].isupper() else part.lower() for part in said]
    joined = " ".join(short)
    return joined[:1].upper() + joined[1:]


def moment(text: str) -> Moment | None:
    """The moment a part of a name speaks of; None where it speaks of none.

    Examples
    --------
    >>> moment("wk12"), moment("M3").shown, moment("Baseline").days, moment("postOp4hour").shown, moment("weight")
    (Moment(days=84.0, shown='Week 12', exact=True), 'Month 3', 0.0, 'Hour 4', None)
    >>> [moment(text).shown for text in ("第4周", "治疗后3个月", "第十二周", "访视2", "治疗前")]
    ['Week 4', 'Month 3', 'Week 12', 'Visit 2', 'Baseline']
    """
    word = re.sub(r"[^0-9a-z.\u4e00-\u9fff]", "", str(text).lower())
    word = re.sub(r"(?<=\d)(?:am|pm)$", "", word)
    if word in ("screening", "screen", "筛选", "筛选期"):
        return Moment(-1.0, "Screening", True)
    if word in _WORDS:
        return Moment(0.0, "Baseline", True)
    if word in _LATER:
        return Moment(1e6, words(str(text)), False)
    if at := _AT.fullmatch(word):
        word = f"{_digits(at[1])}{at[2]}" if at[2] != "次" else f"visit{_digits(at[1])}"
    for number, size in _NUMBERS.items():
        word = re.sub(rf"^{number}(?=[a-z])", str(size), word)
    found = re.fullmatch(
        r"(?:postop|preop|pacu|after|post|fu|at|to|avg)?([a-z]*|[\u4e00-\u9fff]*)(\d+(?:\.\d+)?)([a-z]*|[\u4e00-\u9fff]*)",
        word,
    )
    if not found:
        return None
    before, size, after = found[1], float(found[2]), found[3]  # type: ignore[assignment]
    unit = _DAYS.get(before) if not after else _DAYS.get(after) if not before or before in _COUNTED else None
    if unit:
        label = "Baseline" if size == 0 else f"{_SHOWN[unit]} {size:g}"
        return Moment(size * unit, label, True)
    if before in _COUNTED and not after:
        return Moment(size, f"{words(before) if len(before) > 2 else 'Visit'} {size:g}", False)
    return None


def _digits(number: str) -> str:
    """A number below a hundred in Chinese signs as digits; digits as they are.

    Examples
    --------
    >>> _digits("十二"), _digits("二十"), _digits("四"), _digits("4.5")
    ('12', '20', '4', '4.5')
    """
    if number[0].isdigit():
        return number
    tens, ten, ones = number.rpartition("十")
    return f"{(_CHINESE.get(tens, 1) if ten else 0) * 10 + _CHINESE.get(ones, 0)}"


def parts(name: str) -> list[str]:
    """The parts of a name: at underscores, points, blanks and where a capital begins.

    Examples
    --------
    >>> parts("pacu30min_cough"), parts("Prewt"), parts("das28_wk12"), parts("painM3")
    (['pacu30min', 'cough'], ['Prewt'], ['das28', 'wk12'], ['pain', 'M3'])
    """
    return [part for part in re.split(r"[_.\s]+|(?<=[a-z])(?=[A-Z]\d)", name) if part]
