"""Which keys of a source do something for which type of source."""

from collections.abc import Iterator

from analysis.study.mapping import FILE_TYPES
from analysis.study.model import Study

# Keys that only some types look at. A key that is not here is looked at for every type.
EFFECT: dict[str, tuple[str, ...]] = {
    "path": FILE_TYPES,
    "encoding": ("csv", "sas", "spss", "stata"),
    "delimiter": ("csv",),
    "sheet": ("excel",),
    "header_row": ("csv", "excel"),
    "cells": ("excel",),
    "url_env": ("sql", "redcap_api"),
    "token_env": ("redcap_api",),
    "query": ("sql",),
    "package": ("package",),
    "dataset": ("package",),
    "redcap": ("csv", "excel", "json", "redcap_api"),
    "forms": ("redcap_api",),
}


def source_findings(study: Study) -> Iterator[tuple[tuple, str]]:
    """Keys of a source that its type does not look at: place and message."""
    for n, source in enumerate(study.sources):
        for key in source.model_fields_set:
            types = EFFECT.get(key)
            if types and source.type not in types:
                has = "has" if len(types) == 1 else "have"
                text = (
                    f"has no effect for a source of type {source.type}; only {' and '.join(types)} {has} it"
                )
                yield ("sources", n, key), text
