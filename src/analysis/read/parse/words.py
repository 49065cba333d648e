"""Raw columns read as text, as one of a few values, or as yes and no."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.columns import Column, nearest
from analysis.escape import clean, is_clean
from analysis.read.cells import Cells, Kind
from analysis.read.parse.amounts import PLAIN
from analysis.read.parse.findings import Item, Typed, emit, missing_items, no_value
from analysis.read.raw import Part, Raw
from analysis.read.text import (
    EXPECTED_MISSING,
    FALSE_WORDS,
    MISSING_WORDS,
    TRUE_WORDS,
    missing_reason,
    normalise,
    same_code,
)

_PLAIN_WORDS = r"^[!-~]+(?: [!-~]+)*$"
NUMBER, NO_VALUE, MISSING = int(Kind.NUMBER), int(Kind.NO_VALUE), int(Kind.MISSING)
NEAREST_FOR = 50  # unknown words for which the nearest known one is looked up


def decode(part: Part, column: Column, codes: dict[str, str]) -> tuple[Part, list[Item]]:
    """Replace codes by what the study file says they mean; unknown codes become missing and are logged."""
    table = {same_code(code): value for code, value in codes.items()}
    kept = {same_code(value): value for value in codes.values()}
    cells, declared, free = part.cells, part.verdict.declared, column.type == "str"
    items, made, kinds = [], [], []
    for n, (text, kind) in enumerate(zip(cells.texts, cells.kinds)):
        plain, code = str(text), same_code(str(text))
        if kind == NUMBER and code not in table:
            code = code.lstrip("0") or "0"  # shown with zeros before it
        value = table.get(code) or table.get(same_code(part.verdict.reasons.get(plain, "\x00")))
        if value is None and (
            kind >= NO_VALUE or missing_reason(normalise(plain), declared, free=free) is not None
        ):
            made.append(plain)
            kinds.append(kind)
            continue
        value = kept.get(code) if value is None else value
        if value is None:
            near = nearest(plain, codes) if len(items) < NEAREST_FOR else ""
            items.append(Item(n, "C1", "", f"is not among the declared codes{near}"))
        made.append(value or "")
        kinds.append(0)
    texts, kinds = np.array(made, dtype=object), np.array(kinds, dtype=np.uint8)
    return Part(Cells(cells.places, texts, kinds), part.verdict, part.weak), items


def read_words(part: Part, *, free: bool = True) -> tuple[np.ndarray, dict[int, str]]:
    """Contents in one form, and why some hold no value."""
    cells, verdict = part.cells, part.verdict
    texts = pa.array([str(text) for text in cells.texts], type=pa.string())
    plain = np.asarray(pc.match_substring_regex(texts, _PLAIN_WORDS)) & (cells.kinds < Kind.NO_VALUE)
    words = np.array(cells.texts, dtype=object)
    lowered = np.asarray(pc.utf8_lower(texts), dtype=object)
    listed = [*MISSING_WORDS, *(() if free else EXPECTED_MISSING)]
    suspects = np.isin(lowered, listed) if len(lowered) else np.zeros(0, dtype=bool)
    if verdict.declared:
        suspects |= np.isin(words.astype(str), list(verdict.declared))
        suspects |= np.asarray(pc.match_substring_regex(texts, PLAIN["."]))
    reasons: dict[int, str] = {}
    for n in np.flatnonzero(~plain | suspects):
        words[n] = normalise(str(words[n]))
        if cells.kinds[n] == MISSING:
            reasons[int(n)] = "declared"
        elif cells.kinds[n] == NO_VALUE:
            reasons[int(n)] = "no_value"
        elif (reason := missing_reason(words[n], verdict.declared, free=free)) is not None:
            reasons[int(n)] = reason
    return words, reasons


def _word_items(part: Part, reasons: dict[int, str]) -> list[Item]:
    """Findings about contents that hold no value."""
    labels = {n: part.verdict.reasons.get(str(part.cells.texts[n]).strip(), "") for n in reasons}
    unseen = [
        Item(n, "N10", clean(str(text)))
        for n, text in enumerate(part.cells.texts)
        if not str(text).isascii() or not str(text).isprintable()
        if not is_clean(str(text))
    ]
    return [
        *unseen,
        *missing_items({n: why for n, why in reasons.items() if why != "no_value"}, labels),
        *formula_items(part, reasons),
    ]


def formula_items(part: Part, reasons: dict[int, str]) -> list[Item]:
    """Findings about formulas without a stored value."""
    return [
        Item(n, "X1", "", no_value(str(part.cells.texts[n])))
        for n, why in reasons.items()
        if why == "no_value"
    ]


def text_column(raw: Raw, index: Any, column: Column) -> Typed:
    """Text, or one of the allowed values of a category."""
    allowed = {same_code(value): value for value in column.allowed}
    made, items = [], []
    for part in raw.parts:
        words, reasons = read_words(part, free=not allowed)
        reasons = {n: why for n, why in reasons.items() if same_code(words[n]) not in allowed}  # type: ignore[arg-type]
        found = _word_items(part, reasons)
        if allowed:
            words = np.array([allowed.get(same_code(word)) for word in words], dtype=object)
            strange = [n for n, word in enumerate(words) if word is None and n not in reasons]
            found += _unknown(part, strange, column)
        words[list(reasons)] = None
        made.append(words)
        items.append(found)
    return _typed_words(raw, index, column, made, items, "string")


def _unknown(part: Part, strange: list[int], column: Column) -> list[Item]:
    """Findings about words that are not among the allowed values."""
    listed = f"is not one of {', '.join(column.allowed)}"
    return [
        Item(n, "C1", "", listed + (nearest(part.cells.texts[n], column.allowed) if k < NEAREST_FOR else ""))  # type: ignore[arg-type]
        for k, n in enumerate(strange)
    ]


def boolean_column(raw: Raw, index: Any, column: Column) -> Typed:
    """Yes or no in the usual words; anything else is rejected, never taken for no."""
    made, items = [], []
    for part in raw.parts:
        values, reasons, found = np.full(len(part.cells.texts), None, dtype=object), {}, []
        for n, (text, kind) in enumerate(zip(part.cells.texts, part.cells.kinds)):
            code = same_code(str(text)) if kind < NO_VALUE else ""
            reason = missing_reason(normalise(str(text)), part.verdict.declared)
            if kind >= NO_VALUE:
                reasons[n] = "declared" if kind == MISSING else "no_value"
            elif reason == "declared":
                reasons[n] = reason
            elif code in TRUE_WORDS or code in FALSE_WORDS:
                values[n] = code in TRUE_WORDS
            elif reason is not None:
                reasons[n] = reason
            else:
                found.append(Item(n, "C1", "", "is neither yes nor no"))
        made.append(values)
        items.append([*_word_items(part, reasons), *found])
    return _typed_words(raw, index, column, made, items, "boolean")


def _typed_words(raw: Raw, index, column: Column, made: list, items: list, dtype: str) -> Typed:
    """Per-row values from values per content, with the findings."""
    places, texts = raw.places(), np.concatenate([part.cells.texts for part in raw.parts])
    values = pd.array(np.concatenate(made).tolist(), dtype=dtype)
    found = emit(places, texts, index, column.name, joined_items(raw.parts, items))
    return Typed(pd.Series(values.take(places), index=index), {}, found)


def joined_items(parts: tuple[Part, ...], items: list[list[Item]]) -> list[Item]:
    """Findings about the contents of parts as findings about those of all."""
    return [
        item._replace(content=item.content + start)
        for start, found in zip(Raw(parts).starts(), items)
        for item in found
    ]
