"""Records as JSON keep what they say, or are refused."""

import pytest

from analysis.read.locate import SourceError
from analysis.read.sources.records import read_records


def written(tmp_path, text):
    file = tmp_path / "export.json"
    file.write_text(text, encoding="utf-8")
    return file


def test_numbers_keep_their_digits_and_what_is_absent_is_blank(tmp_path):
    records = '[{"id": "007", "crp": 12.50}, {"id": "8", "ok": true, "n": 12345678901234567890, "crp": NaN}]'
    found = read_records(written(tmp_path, records))
    assert {name: cells.as_text().tolist() for name, cells in found.columns.items()} == {
        "id": ["007", "8"],
        "crp": ["12.50", ""],
        "ok": ["", "1"],
        "n": ["", "12345678901234567890"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"records": [{"id": 1}]}', "'records' of record 1 is itself a list"),
        ('[{"id": 1, "labs": {"crp": 5}}]', "'labs' of record 1"),
        ('[{"id": 1, "id": 2}]', "'id' stands twice"),
        ("[1, 2]", "no list of records"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, said):
    with pytest.raises(SourceError, match=said):
        read_records(written(tmp_path, text))
