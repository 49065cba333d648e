"""Direct identifiers are dropped as soon as a source is read; nothing downstream ever sees them."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from analysis.read.cells import Cells, Export
from analysis.read.text import normalise

PERSON = "__person__"  # salted hash of the initials, in memory only, to find one person under two ids

# Column names, in the plain form of `_plain`, that hold direct identifiers whatever a study file says.
_NAMES = """
姓名 患者姓名 病人姓名 身份证 身份证号 身份证号码 证件号 住院号 门诊号 病历号 病案号 就诊卡号 医保号 社保号
电话 联系电话 手机 手机号 手机号码 地址 家庭住址 住址 邮箱 电子邮箱 微信 联系人 姓名缩写
name patientname firstname lastname surname givenname familyname fullname initials idcard idnumber nationalid
passport ssn mrn hospitalno hospitalnumber medicalrecordnumber inpatientno phone telephone mobile phonenumber
email emailaddress address homeaddress postcode zipcode
"""
BUILT_IN = frozenset(_NAMES.split())
_INITIALS = frozenset({"initials", "姓名缩写"})


def same_name(one: str, other: str) -> bool:
    """Whether two names of columns differ in nothing but case, blanks and punctuation.

    Examples
    --------
    >>> same_name("Patient_Name", "patient name")
    True
    """
    return _plain(one) == _plain(other)


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


def drop_identifiers(export: Export, declared: Iterable[str], *, salt: bytes) -> Export:
    """The export without its direct identifiers, their names kept; of initials a salted hash stays for one check."""
    declared = list(declared)
    initials = next((name for name in export.columns if _plain(name) in _INITIALS), None)
    gone = tuple(name for name in export.columns if is_identifier(name, declared))
    kept = {name: cells for name, cells in export.columns.items() if name not in gone}
    if initials is not None:
        cells = export.columns[initials]
        texts = [normalise(str(text)).upper() for text in cells.texts]
        hashed = np.array([_hash(text, salt) if text else "" for text in texts], dtype=object)
        kept[PERSON] = Cells(cells.places, hashed, np.zeros(len(hashed), dtype=np.uint8))
    return replace(export, columns=kept, dropped=gone)


def _hash(text: str, salt: bytes) -> str:
    """A salted hash."""
    return hashlib.blake2b(text.encode(), key=salt, digest_size=16).hexdigest()
