"""Texts in the language of the report.

English stands in the code as the key of its message, ``tr("Group")``; every other language is one file beside this
module (``zh.po``), in gettext's form, so that editors, reviewers and translators know it. A study may have a file of
its own for its words, ``params/<study>/zh.po``; what it says goes first. Nothing is built from pieces of English: a
message is whole, with named places for what changes, ``tr("{n} of {total} patients", n=9, total=20)``.
"""

from analysis.language.catalogue import FOLDER, messages
from analysis.language.chosen import (
    ENGLISH,
    NAMES,
    PEOPLE,
    SPACELESS,
    Texts,
    as_the_study_says,
    current,
    interval_name,
    is_message,
    languages,
    mark,
    speaking,
    tr,
    trn,
    use,
)
from analysis.language.joined import (
    ands,
    capital,
    commas,
    inside,
    listed,
    named,
    ors,
    paragraph,
    semicolons,
    sentence,
    sentences,
    small,
    stops,
    with_unit,
)

__all__ = [
    "ENGLISH",
    "FOLDER",
    "NAMES",
    "PEOPLE",
    "SPACELESS",
    "Texts",
    "ands",
    "as_the_study_says",
    "capital",
    "commas",
    "current",
    "inside",
    "interval_name",
    "is_message",
    "languages",
    "listed",
    "mark",
    "messages",
    "named",
    "ors",
    "paragraph",
    "semicolons",
    "sentence",
    "sentences",
    "small",
    "speaking",
    "stops",
    "tr",
    "trn",
    "use",
    "with_unit",
]
