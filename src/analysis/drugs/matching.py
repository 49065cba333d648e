"""Names of drugs, as written in exports, to entries of the dictionary.

The rule, in full. A name is normalised and then read from its beginning to its end, at each place taking the
longest thing known: a drug's name (generic, Chinese, brand, ATC code), a word of form, salt, route, frequency, maker or
supply, a quantity, or punctuation; a long cell may break off within such a word. The name is coded only where
everything in it is known and all drugs in it are the same one, co-medication that no rule reads (folic acid with
methotrexate) aside; a glucocorticoid with an antiinfective may be drops or ointment, and stays to be split by hand.
Only in brackets beside a known drug may stand a word that is not listed: a trade name or a maker, unless it speaks of
allergy, stopping or local use. Nothing is searched for inside a longer word, so chloroquine is not found in
hydroxychloroquine, nor prednisone (泼尼松) in prednisolone (泼尼松龙), nor methotrexate in "methotrexate allergy". A
form for skin, eye, nose, lung or bowel makes a known drug a local one, of class ``other``: a tacrolimus ointment is no
exposure to tacrolimus, an inhaled glucocorticoid no dose of prednisone. What cannot be coded stays, as class
``unknown``, and is listed; a name nearly like a known one is proposed, never taken.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.drugs.dictionary import CLASSES, Term, entries, local_words, normalise, terms
from analysis.drugs.scanning import parts

UNKNOWN = {
    "drug": None,
    "class": "unknown",
    "moa": None,
    "atc": None,
    "matched_on": None,
    "matched_term": None,
}
ANTIINFECTIVE = (
    "antibiotic",
    "antifungal",
    "antiviral",
    "skin",
    "eye",
    "ATC D",
    "ATC S",
    "ATC J",
    "ATC G01",
    "ATC A01",
)
CODED = ("drug", "class", "moa", "atc")


def match(names: Any, own: Mapping[str, Mapping] | None = None) -> pd.DataFrame:
    """Code drug names as they are written in an export.

    Parameters
    ----------
    names : str, list or Series of str
        One drug a cell, as generic name, Chinese name, brand or ATC code (old codes too), with dosage form, salt,
        strength, route and frequency around it or not. Missing cells are allowed.
    own : mapping, optional
        The study's own names, which go before the dictionary's: from `own_names`.

    Returns
    -------
    DataFrame
        One row a name, with the index of a Series kept: ``drug`` (generic name), ``class``, ``moa``, ``atc`` (current
        codes), ``matched_on`` (generic, chinese, brand, atc, study), ``matched_term``, ``is_biosimilar`` (boolean; NA
        where the name does not tell) and ``coding`` (coded; unknown; several, more than one drug in the cell;
        missing). What is not coded has class ``unknown``: never dropped, to be listed with `uncoded`.

    Notes
    -----
    A name is coded only if all of it is understood; see the module's rule. Two brands of one drug are the same drug,
    so a change from originator to biosimilar is no new drug.

    Examples
    --------
    >>> match(["艾拉莫德片", "L04AA29", "格乐立", "XYZ-123"])[["drug", "class", "moa", "matched_on"]]
              drug    class         moa matched_on
    0   iguratimod  csDMARD  NF-kB/IL-17    chinese
    1  tofacitinib  tsDMARD        JAKi        atc
    2   adalimumab   bDMARD        TNFi      brand
    3          NaN  unknown         NaN        NaN
    """
    written = (
        names
        if isinstance(names, pd.Series)
        else pd.Series([names] if isinstance(names, str) else list(names))
    )
    own = own or {}
    codes, distinct = pd.factorize(written, use_na_sentinel=True)
    coded = pd.DataFrame([_code(text, own) for text in distinct] + [_unknown("missing")])
    coded["is_biosimilar"] = coded["is_biosimilar"].astype("boolean")
    for column in coded.columns.drop("is_biosimilar"):
        coded[column] = coded[column].astype("str")
    return coded.take(codes).set_axis(written.index)


def own_names(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict]:
    """Check a study's own list of drugs, and give it as `match` takes it.

    Parameters
    ----------
    rows : sequence of mapping
        ``name`` (as written in the export) and ``drug`` (generic name); ``class``, ``moa``, ``atc`` where the
        dictionary does not have that drug or is to be overruled.

    Raises
    ------
    ValueError
        A row without name or drug, a name twice with different meaning, a class that does not exist, or a drug that
        is not in the dictionary and has no class.

    Examples
    --------
    >>> own = own_names([{"name": "XYZ-123", "drug": "xyzumab", "class": "bDMARD", "moa": "IL6i"}])
    >>> match("XYZ-123 80mg", own)[["drug", "class", "moa", "matched_on"]].iloc[0].tolist()
    ['xyzumab', 'bDMARD', 'IL6i', 'study']
    """
    found = {}
    for given in rows:
        row = {key: value for key, value in given.items() if isinstance(value, str) and value.strip()}
        if not {"name", "drug"} <= set(row):
            raise ValueError(f"a row of the study's drugs lacks name or drug: {row}")
        entry = _own_entry(row)
        text = normalise(row["name"])
        if found.setdefault(text, entry) != entry:
            raise ValueError(f"the study's drugs list {row['name']!r} twice with different meaning")
    return found


def _own_entry(row):
    """Complete one row of the study's list from the dictionary."""
    named = terms().get(normalise(row["drug"]))
    drug = named.drug if named else row["drug"].strip()
    known = _of_dictionary(drug) if named else dict.fromkeys(CODED) | {"drug": drug}
    entry = known | {key: row[key].strip() for key in ("class", "moa", "atc") if key in row}
    if entry["class"] not in CLASSES:
        near = difflib.get_close_matches(entry["class"] or "", CLASSES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; expected one of {', '.join(CLASSES)}"
        raise ValueError(f"the study's drug {row['name']!r}: class {entry['class']!r} is not known{hint}")
    return entry


def uncoded(names: Sequence[str], own: Mapping[str, Mapping] | None = None) -> pd.DataFrame:
    """List the names that could not be coded, most frequent first, for coding by hand.

    Returns
    -------
    DataFrame
        ``name`` as written, ``n`` (rows), ``coding`` (unknown or several) and ``candidates``: dictionary drugs whose
        name is contained in the cell or nearly spelt like it: a help for the coder, never used for coding.

    Examples
    --------
    >>> uncoded(["methotrexxate", "MTX", "methotrexxate", "甲氨蝶呤+来氟米特"])
                name  n   coding                candidates
    0  methotrexxate  2  unknown              methotrexate
    1      甲氨蝶呤+来氟米特  1  several  leflunomide; methotrexate
    """
    written = names if isinstance(names, pd.Series) else pd.Series(list(names), dtype="str")
    counts = written.value_counts()
    coding = match(counts.index.to_series(), own)["coding"]
    open_names = counts[coding.isin(["unknown", "several"]).to_numpy()]
    return pd.DataFrame(
        {
            "name": open_names.index,
            "n": open_names.to_numpy(),
            "coding": coding.loc[open_names.index].to_numpy(),
            "candidates": ["; ".join(candidates(name)) for name in open_names.index],
        }
    )


def _code(name, own):
    """Code one name."""
    text = normalise(str(name))
    more = {known: Term(known, entry["drug"], "study", None) for known, entry in own.items()}
    found = parts(text, more)
    if not found:
        local = parts(text, more | {word: word for word in local_words()}) if text else None
        return _local(local) if local else _unknown("unknown" if text else "missing")
    meant = {term: own[term.text] if term.kind == "study" else _of_dictionary(term.drug) for term in found}
    read = [term for term in found if meant[term]["class"] != "other"] or found
    drugs = {term.drug for term in read}
    if (len(drugs) > 1 and meant[read[0]]["class"] != "other") or _with_an_antiinfective(found, meant):
        return _unknown("several")
    told = [term.is_biosimilar for term in read if term.is_biosimilar is not None]
    first = max(read, key=lambda term: len(term.text)) if len(drugs) == 1 else read[0]
    return meant[first] | {
        "matched_on": first.kind,
        "matched_term": first.text,
        "is_biosimilar": told[0] if len(set(told)) == 1 else None,
        "coding": "coded",
    }


def _with_an_antiinfective(found, meant):
    """Tell whether a glucocorticoid shares its cell with a drug for skin, eye or infection: drops, or two drugs?"""
    groups = [entries()[term.drug]["indication"] or "" for term in found if meant[term]["class"] == "other"
              and term.drug in entries()]  # fmt: skip
    taken = any(meant[term]["class"] == "GC" for term in found)
    return taken and any(group.startswith(ANTIINFECTIVE) for group in groups)


def _of_dictionary(drug):
    """Give drug, class, mechanism and codes of an entry; a code of another group names itself and no more."""
    entry = entries().get(drug, {"class": "other", "moa": None, "atc": (drug.removeprefix("ATC "),)})
    return {
        "drug": drug,
        "class": entry["class"],
        "moa": entry["moa"],
        "atc": "; ".join(entry["atc"]) or None,
    }


def _local(found):
    """Give the row of what is put on skin or eye, or breathed in: none of the drugs that a rule reads."""
    first = max(found, key=lambda term: len(term.text))
    drugs = " + ".join(dict.fromkeys(term.drug for term in found))
    return UNKNOWN | {
        "drug": f"{drugs}, local use",
        "class": "other",
        "matched_on": first.kind,
        "matched_term": first.text,
        "is_biosimilar": None,
        "coding": "coded",
    }


def _unknown(coding):
    """Give the row of a name that is not coded."""
    return UNKNOWN | {"is_biosimilar": None, "coding": coding}


def candidates(name: str) -> list[str]:
    """Propose drugs for a name that was not coded.

    Examples
    --------
    >>> candidates("adalimumb")
    ['adalimumab']
    """
    text = normalise(name)
    inside = {term.drug for known, term in terms().items() if len(known) > 1 and known in text}
    near = {terms()[known].drug for known in difflib.get_close_matches(text, terms(), n=3, cutoff=0.8)}
    return sorted(inside | near)
