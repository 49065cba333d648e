"""Direct identifiers are dropped as soon as a source is read; nothing downstream ever sees them."""

from collections.abc import Iterable

import pandas as pd

from analysis.read.sources import ROW
from analysis.read.text import normalise

# Column names, in the plain form of `_plain`, that hold direct identifiers whatever a study file says.
_NAMES = """
姓名 患者姓名 病人姓名 身份证 身份证号 身份证号码 证件号 住院号 门诊号 病历号 病案号 就诊卡号 医保号 社保号
电话 联系电话 手机 手机号 手机号码 地址 家庭住址 住址 邮箱 电子邮箱 微信 联系人
name patientname firstname lastname surname givenname familyname fullname initials idcard idnumber nationalid
passport ssn mrn hospitalno hospitalnumber medicalrecordnumber inpatientno phone telephone mobile phonenumber
email emailaddress address homeaddress postcode zipcode
"""
BUILT_IN = frozenset(_NAMES.split())
INITIALS = ("initials", "姓名缩写", "缩写")


def _plain(name: str) -> str:
    """A column name without case, blanks and punctuation."""
    return "".join(c for c in normalise(name).lower() if c.isalnum())


def is_identifier(name: str, declared: Iterable[str]) -> bool:
    """Whether a column holds a direct identifier, by the built-in list or the study file's.

    Examples
    --------
    >>> is_identifier("Patient_Name", []), is_identifier("drug_name", []), is_identifier("备注", ["备注"])
    (True, False, True)
    """
    return _plain(name) in BUILT_IN or _plain(name) in {_plain(other) for other in declared}


def drop_identifiers(frame: pd.DataFrame, declared: Iterable[str]) -> pd.DataFrame:
    """The frame without its direct identifiers."""
    declared = list(declared)
    return frame.drop(
        columns=[name for name in frame.columns if name != ROW and is_identifier(name, declared)]
    )
