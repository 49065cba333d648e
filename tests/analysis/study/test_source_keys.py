"""Keys of a source that its type does not look at are refused; no key is forgotten."""

import re

import pytest
from pydantic import ValidationError
from small_study import small_study
from written_exports import WRITERS

from analysis.read.sources import _READERS
from analysis.study.mapping import FILE_TYPES, Source
from analysis.study.source_keys import EFFECT, source_findings
from pipeline.draft.given import TYPES as ENDINGS

# Looked at for every type of source.
ALWAYS = {"id", "type", "description", "decimal", "date_order", "epoch", "missing", "stop_dates"}


def test_every_key_of_a_source_is_listed_with_the_types_that_look_at_it():
    known = set(Source.model_fields)
    types = set(Source.model_fields["type"].annotation.__args__)
    assert known == set(EFFECT) | ALWAYS and not set(EFFECT) & ALWAYS
    assert {name for names in EFFECT.values() for name in names} <= types
    assert set(FILE_TYPES) <= types


def test_every_type_of_source_has_a_reader_an_ending_and_a_writer_among_the_tests(tmp_path, monkeypatch):
    types = set(Source.model_fields["type"].annotation.__args__)
    assert set(_READERS) == types
    assert {name for name in types if "path" in _needed(name)} == set(FILE_TYPES) == set(ENDINGS.values())
    written = "".join(write(tmp_path, monkeypatch) for write in WRITERS.values())
    assert {*re.findall(r"type: (\w+)", written), "redcap_api", "package"} == types


def _needed(kind):
    """Keys without which a source of this type is refused."""
    with pytest.raises(ValidationError) as refused:
        Source(id="x", type=kind)
    return refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ({"type": "csv", "path": "a.csv", "sheet": "Data"}, (0, "sheet"), "only excel has it"),
        (
            {"type": "parquet", "path": "a.parquet", "encoding": "gb18030"},
            (0, "encoding"),
            "only csv and sas",
        ),
        ({"type": "excel", "path": "a.xlsx", "delimiter": ";"}, (0, "delimiter"), "only csv has it"),
        ({"type": "csv", "path": "a.csv", "query": "select 1"}, (0, "query"), "only sql has it"),
    ],
)
def test_a_key_without_effect_is_refused(source, place, message):
    study = small_study(sources=[{"id": "people", **source}])
    ((where, text),) = source_findings(study)
    assert where == ("sources", *place)
    assert f"has no effect for a source of type {source['type']}" in text and message in text


def test_keys_that_have_an_effect_are_taken():
    study = small_study(sources=[{"id": "people", "type": "csv", "path": "a.csv", "encoding": "cp1252"}])
    assert list(source_findings(study)) == []
