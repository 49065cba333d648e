"""Names of drugs, as written in exports, to entries of the dictionary.

The rule, in full. A name is normalised and then read from its beginning to its end, at each place taking the
longest thing known: a drug's name (generic, Chinese, brand, ATC code), a word of form, salt, route or frequency, a
quantity, or punctuation. The name is coded only where everything in it is known and all drugs in it are the same
one. Nothing is searched for inside a longer word, so chloroquine is not found in hydroxychloroquine, nor prednisone
(泼尼松) in prednisolone (泼尼松龙), nor methotrexate in "methotrexate allergy". Forms for skin, eye or lung are not
among the words tolerated: a tacrolimus ointment is no exposure to tacrolimus. What cannot be coded stays, as class
``unknown``, and is listed.
"""

import difflib
import re
from functools import cache

import pandas as pd

from analysis.drugs.dictionary import entries, form_words, normalise, terms

QUANTITY = r"\d+(?:\.\d+)?\s*(?:mg|ug|μg|mcg|ml|iu|g|u|%)?(?:/(?:kg|m2|ml|day|week|d|w|h|日|天|周|次))*"
PUNCTUATION = r"[\s()\[\]{}<>,;:/+*·、,。.'\"®™-]+"
UNKNOWN = {
    "drug": None,
    "class": "unknown",
    "moa": None,
    "atc": None,
    "matched_on": None,
    "matched_term": None,
}


def match(names) -> pd.DataFrame:
    """Code drug names as they are written in an export.

    Parameters
    ----------
    names : str, list or Series of str
        One drug a cell, as generic name, Chinese name, brand or ATC code (old codes too), with dosage form, salt,
        strength, route and frequency around it or not. Missing cells are allowed.

    Returns
    -------
    DataFrame
        One row a name, with the index of a Series kept: ``drug`` (generic name), ``class``, ``moa``, ``atc`` (current
        codes), ``matched_on`` (generic, chinese, brand, atc), ``matched_term``, ``is_biosimilar`` (boolean; NA where
        the name does not tell) and ``coding`` (coded; unknown; several, more than one drug in the cell; missing).
        What is not coded has class ``unknown``: never dropped, to be listed with `uncoded`.

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
    codes, distinct = pd.factorize(written, use_na_sentinel=True)
    coded = pd.DataFrame([_code(text) for text in distinct] + [_unknown("missing")])
    coded["is_biosimilar"] = coded["is_biosimilar"].astype("boolean")
    for column in coded.columns.drop("is_biosimilar"):
        coded[column] = coded[column].astype("str")
    return coded.take(codes).set_axis(written.index)


def uncoded(names) -> pd.DataFrame:
    """List the names that could not be coded, most frequent first, for coding by hand.

    Returns
    -------
    DataFrame
        ``name`` as written, ``n`` (rows), ``coding`` (unknown or several) and ``candidates``: dictionary drugs whose
        name is contained in the cell or nearly spelt like it: a help for the coder, never used for coding.

    Examples
    --------
    >>> uncoded(["methotrexat", "MTX", "methotrexat", "甲氨蝶呤+来氟米特"])
              name  n   coding                candidates
    0  methotrexat  2  unknown              methotrexate
    1    甲氨蝶呤+来氟米特  1  several  leflunomide; methotrexate
    """
    written = names if isinstance(names, pd.Series) else pd.Series(list(names), dtype="str")
    counts = written.value_counts()
    coding = match(counts.index.to_series())["coding"]
    open_names = counts[coding.isin(["unknown", "several"]).to_numpy()]
    return pd.DataFrame(
        {
            "name": open_names.index,
            "n": open_names.to_numpy(),
            "coding": coding.loc[open_names.index].to_numpy(),
            "candidates": ["; ".join(_candidates(name)) for name in open_names.index],
        }
    )


@cache
def _scanner():
    """Compile the pattern that takes, at one place, the longest known thing."""
    latin = [_bounded(text) for text in (*terms(), *form_words())]
    known = set(terms())
    ordered = sorted(latin, key=lambda pair: -len(pair[0]))
    words = "|".join(f"(?P<t{i}>{rule})" if text in known else rule for i, (text, rule) in enumerate(ordered))
    groups = {f"t{i}": text for i, (text, _) in enumerate(ordered) if text in known}
    return re.compile(f"{words}|{QUANTITY}|{PUNCTUATION}"), groups


def _bounded(text):
    """Give a term and its pattern: Latin words end where letters end, ATC codes also where digits do."""
    rule = re.escape(text)
    if re.fullmatch(r"[a-z]\d\d[a-z]{2}\d\d", text):
        return text, rf"(?<![a-z0-9]){rule}(?![a-z0-9])"
    before = r"(?<![a-z])" if text[0].isascii() else ""
    after = r"(?![a-z])" if text[-1].isascii() else ""
    return text, f"{before}{rule}{after}"


def _terms_in(text):
    """Give the terms a normalised name consists of; None where a part of it is not known."""
    scanner, groups = _scanner()
    place, found = 0, []
    while place < len(text):
        step = scanner.match(text, place)
        if step is None or step.end() == place:
            return None
        if step.lastgroup:
            found.append(terms()[groups[step.lastgroup]])
        place = step.end()
    return found


def _code(name):
    """Code one name."""
    text = normalise(str(name))
    found = _terms_in(text)
    if not found:
        return _unknown("unknown" if text else "missing")
    if len({term.drug for term in found}) > 1:
        return _unknown("several")
    told = [term.is_biosimilar for term in found if term.is_biosimilar is not None]
    first = max(found, key=lambda term: len(term.text))
    entry = entries()[first.drug]
    return {
        "drug": first.drug,
        "class": entry["class"],
        "moa": entry["moa"],
        "atc": "; ".join(entry["atc"]) or None,
        "matched_on": first.kind,
        "matched_term": first.text,
        "is_biosimilar": told[0] if len(set(told)) == 1 else None,
        "coding": "coded",
    }


def _unknown(coding):
    """Give the row of a name that is not coded."""
    return UNKNOWN | {"is_biosimilar": None, "coding": coding}


def _candidates(name):
    """Suggest drugs for a name that was not coded."""
    text = normalise(name)
    inside = {term.drug for known, term in terms().items() if len(known) > 1 and known in text}
    near = {terms()[known].drug for known in difflib.get_close_matches(text, terms(), n=3, cutoff=0.8)}
    return sorted(inside | near)
