"""The drug dictionary, read once from the tables beside this module.

``dictionary.csv`` holds every drug that eligibility reads, one a row; ``other.csv`` the usual co-medication, which is
none of them; ``inn_other.csv`` the international names of the ATC groups that are none of them either,
``chinese_other.csv`` names of such drugs on the Chinese market, ``brands_other.csv`` their trade names elsewhere, each
with its source, and ``atc_other.csv`` those groups.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pandas as pd

NAME_KINDS = {
    "drug": "generic",
    "spelling": "generic",
    "abbreviation": "generic",
    "chinese": "chinese",
    "originator": "brand",
    "biosimilar": "brand",
    "brand": "brand",
    "atc": "atc",
    "atc_old": "atc",
}
CLASSES = ("csDMARD", "csDMARD_CN", "bDMARD", "tsDMARD", "biologic", "IS", "GC", "other")
DASHES = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣", "-") | dict.fromkeys("【〔[", "(") | dict.fromkeys("】〕]", ")")
)

LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
ACCENTS = re.compile("[\u0300-\u036f]")
ENDINGS = ("", "e", "o", "a", "um")  # English or German, French, Spanish or Italian, Latin


@dataclass(frozen=True, slots=True)
class Term:
    """One way to write one drug: the normalised text, the drug, what kind of name it is and whose product."""

    text: str
    drug: str
    kind: str
    is_biosimilar: bool | None


def normalise(text: str) -> str:
    """Bring a name to the form in which names are compared: NFKC, lower case, no accents, plain dashes, single blanks.

    Examples
    --------
    >>> normalise("ＭＴＸ　１０ｍｇ"), normalise("重组人Ⅱ型"), normalise("Oméprazole")
    ('mtx 10mg', '重组人ii型', 'omeprazole')
    """
    plain = unicodedata.normalize("NFKC", text).translate(DASHES).lower().translate(LETTERS)
    if not plain.isascii():
        plain = ACCENTS.sub("", unicodedata.normalize("NFD", plain))
        plain = unicodedata.normalize("NFC", plain)
    return " ".join(plain.split())


@cache
def form_words() -> frozenset[str]:
    """Give the words of form, salt, route and frequency that a name may carry; none for skin, eye or lung."""
    return _words(local=False)


@cache
def local_words() -> frozenset[str]:
    """Give the words that say a drug is given on skin, eye, nose or bowel, or breathed in: no systemic exposure."""
    return _words(local=True)


def _words(*, local):
    """Give the words of the table whose kind is local, or the others."""
    rows = [row for row in _rows("form_words.csv") if row["kind"].startswith("local") == local]
    return frozenset(normalise(word) for row in rows for word in row["words"].split("|"))


@cache
def other_atc_groups() -> tuple[str, ...]:
    """Give the beginnings of ATC codes whose drugs are none that eligibility reads."""
    return tuple(row["group"].lower() for row in _rows("atc_other.csv"))


def _rows(name):
    """Read one of the tables beside this module."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def entries() -> dict[str, dict]:
    """Give every entry of the dictionary by its generic name; lists of names are tuples, empty cells None."""
    known = {row["drug"]: _entry(row) for row in _rows("dictionary.csv")}
    twice = [row["drug"] for row in _rows("other.csv") if row["drug"] in known]
    if twice:
        raise ValueError(f"{', '.join(twice)}: both in dictionary.csv and in other.csv")
    empty = dict.fromkeys(next(iter(known.values())))
    usual = {row["drug"]: empty | _other(row) for row in _rows("other.csv")}
    listed = {name for entry in usual.values() for name in entry["spelling"]} | known.keys() | usual.keys()
    more = [
        {"drug": name, "group": group, "names": ""}
        for group, names in _lists_of_others()
        for name in names
        if name not in listed
    ]
    return known | usual | {row["drug"]: empty | _other(row) for row in more}


def _lists_of_others():
    """Give group and names of the long lists of drugs that no rule reads."""
    for row in _rows("inn_other.csv"):
        yield f"ATC {row['group']}", row["names"].split("|")
    for table in ("chinese_other.csv", "brands_other.csv"):
        for row in _rows(table):
            yield row["group"], row["names"].split("|")


def _entry(row):
    """Split the cells that hold several names, and type the others."""
    names = {column: _split(row[column]) for column in NAME_KINDS if column != "drug"}
    return (
        {column: value or None for column, value in row.items()}
        | names
        | {
            "immunosuppressant": row["immunosuppressant"] == "yes",
            "prednisone_5mg": float(row["prednisone_5mg"]) if row["prednisone_5mg"] else None,
        }
    )


def _other(row):
    """Give a row of the co-medication the shape of an entry: all of its names are spellings."""
    names = {column: () for column in NAME_KINDS if column != "drug"} | {"spelling": _split(row["names"])}
    return names | {
        "drug": row["drug"],
        "class": "other",
        "indication": row["group"],
        "immunosuppressant": False,
        "tag": "M",
    }


def _split(cell):
    """Give the names of a cell."""
    return tuple(filter(None, cell.split("|")))


@cache
def terms() -> dict[str, Term]:
    """Give every way to write a drug, by its normalised text; one text names one drug."""
    found = {}
    for drug, entry in entries().items():
        for column, kind in NAME_KINDS.items():
            for name in (drug,) if column == "drug" else entry[column]:
                term = Term(normalise(name), drug, kind, _is_biosimilar(column))
                if found.setdefault(term.text, term).drug != drug:
                    raise ValueError(
                        f"{name!r} names both {found[term.text].drug} and {drug} in dictionary.csv or other.csv"
                    )
    return found


@cache
def other_endings() -> dict[str, Term]:
    """Give generic names with the endings of other languages: ibuprofene, omeprazol, metamizolum.

    Left out are forms that are names themselves, that two drugs share, or that are another drug's name and a letter.
    """
    known = terms()
    claimed: dict[str, list[Term]] = {}
    for text, term in known.items():
        if term.kind == "generic" and len(text) > 6 and text.isascii() and text.isalpha():
            stem = re.sub("(um|[eoa])$", "", text)
            for ending in ENDINGS:
                claimed.setdefault(stem + ending, []).append(term)
    return {
        text: Term(text, drawn[0].drug, "generic", None)
        for text, drawn in claimed.items()
        if text not in known and len({term.drug for term in (*drawn, known.get(text[:-1], drawn[0]))}) == 1
    }


def _is_biosimilar(column):
    """Tell whether a name under this heading is a biosimilar's; None where the name does not tell."""
    return {"biosimilar": True, "originator": False}.get(column)


def dictionary() -> pd.DataFrame:
    """Give the whole dictionary as a frame, one row a drug, to print in an appendix or to filter.

    Returns
    -------
    DataFrame
        Indexed by ``drug`` (generic name) with ``chinese``, ``originator``, ``biosimilar``, ``brand`` (whose product
        is not stated), ``abbreviation``, ``spelling``, ``atc``, ``atc_old`` (several joined by "; "), ``class``
        (csDMARD, csDMARD_CN, bDMARD, tsDMARD, biologic: one that is no antirheumatic drug, GC, IS, other), ``moa``
        (mechanism of action), ``region`` ("CN": used as DMARD in Asia or China only), ``indication``,
        ``immunosuppressant`` (named as one by NCT04946669), ``prednisone_5mg`` (mg equal to prednisone 5 mg; empty
        for deflazacort, for which sources give 6 to 7.5), ``tag`` (V checked against a public source, M from general
        knowledge, M- to be confirmed), ``source`` and ``checked``: the names and codes that a public list
        confirmed, and which list. The usual co-medication follows, of class other, with its group as
        indication.

    Notes
    -----
    What ``checked`` names was compared by program with public lists (WHO ATC tables of 2021 to 2026, originators on
    the Chinese market of 2025, reference products and biosimilars in France of 2026, products in Canada, in the USA
    of 2015 and of the NHS in England). All other names were written
    from general knowledge; no clinician or pharmacist has read the table. Where the trade names of co-medication are
    from stands in ``brands_other.csv``. Confirm a name with the label before a
    primary analysis rests on it.

    References
    ----------
    Nomenclature as in the EULAR recommendations for rheumatoid arthritis (Smolen, 2023, doi:10.1136/ard-2022-223356);
    codes from the WHO ATC index, whose 2022 and 2024 revisions moved several codes (kept as ``atc_old``).

    Examples
    --------
    >>> dictionary().loc["tofacitinib", ["class", "moa", "atc", "atc_old"]].tolist()
    ['tsDMARD', 'JAKi', 'L04AF01', 'L04AA29']
    >>> dictionary().loc["folic acid", ["class", "indication"]].tolist()
    ['other', 'vitamin']
    """
    rows = [
        {key: "; ".join(value) or None if isinstance(value, tuple) else value for key, value in entry.items()}
        for entry in entries().values()
    ]
    return pd.DataFrame(rows).set_index("drug")
