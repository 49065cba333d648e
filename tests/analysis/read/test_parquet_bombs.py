"""How much a Parquet file may hold: what its bytes can, however many rows that is."""

import numpy as np
import pandas as pd
import pytest

from analysis.read.sources import database
from analysis.read.sources.database import read_parquet


def test_a_table_of_honest_bytes_is_read_however_large(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MOST_CELLS", 100)
    values = np.random.default_rng(1).normal(size=(500, 3))
    pd.DataFrame(values, columns=["a", "b", "c"]).to_parquet(tmp_path / "many.parquet")
    assert len(read_parquet(tmp_path / "many.parquet").frame()) == 500


def test_a_few_bytes_that_stand_for_a_million_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MOST_CELLS", 100)
    pd.DataFrame({"a": np.zeros(1_000_000)}).to_parquet(tmp_path / "bomb.parquet")
    with pytest.raises(ValueError, match="1,000,000 rows"):
        read_parquet(tmp_path / "bomb.parquet")
