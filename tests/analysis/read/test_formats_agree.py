"""The same content in every format gives the same tables."""

import pandas as pd
import pytest
from written_exports import REDCAP, REDCAP_STUDY, TABLES, WRITERS, as_csv, outcome


def compared(read, table: str) -> pd.DataFrame:
    """A table without where its rows came from, columns in one order."""
    frame = read.tables[table].drop(columns=["source", "source_row"])
    return frame.sort_index(axis=1)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The content as a plain text file with commas."""
    folder = tmp_path_factory.mktemp("plain")
    return outcome(folder, f"sources:\n{as_csv(folder, ',', '.')}{TABLES}")


def test_the_content_is_what_was_written(plain):
    subjects, visits = plain.tables["subjects"], plain.tables["visits"]
    assert subjects["height_cm"].fillna(-1).tolist() == [170.5, 160, -1]
    assert subjects["consent_date"].dt.strftime("%Y-%m-%d").fillna("").tolist() == [
        "2024-03-05",
        "2024-12-31",
        "",
    ]
    assert visits["fvc_pp"].fillna(-1).tolist() == [81.5, 95, 72.25, -1]
    assert visits["pain_mm"].fillna(-1).tolist() == [40, 20, -1, 0]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_same_tables(tmp_path, monkeypatch, plain, kind):
    read = outcome(tmp_path, f"sources:\n{WRITERS[kind](tmp_path, monkeypatch)}{TABLES}")
    for table in ("subjects", "visits"):
        pd.testing.assert_frame_equal(compared(read, table), compared(plain, table))
    assert not read.queries["rule_id"].isin(["N8", "D6", "D11", "N11", "C1", "K2"]).any()


def test_redcap_gives_the_same_tables(tmp_path, plain):
    read = outcome(tmp_path, REDCAP_STUDY, all=REDCAP)
    for table in ("subjects", "visits"):
        pd.testing.assert_frame_equal(compared(read, table), compared(plain, table))


def test_full_redcap_export_gives_the_tables_of_the_filtered_one(tmp_path):
    with_site = REDCAP_STUDY.replace(
        "weight_kg: weight}", "weight_kg: weight, site: redcap_data_access_group}"
    )
    full = outcome(tmp_path, with_site, all=REDCAP)
    lines = REDCAP.splitlines(keepends=True)
    only = "".join([lines[0], *(line for line in lines[1:] if "screening" in line)])
    filtered = outcome(tmp_path, with_site.split("  visits:")[0], all=only)
    assert full.tables["subjects"]["site"].tolist() == ["north", "north", "south"]
    left, right = (read.tables["subjects"].drop(columns=["source_row"]) for read in (full, filtered))
    pd.testing.assert_frame_equal(left.drop(columns=["baseline_date"]), right)
    assert set(full.queries["rule_id"]) == {"K9", "V5"}  # several events, said once; an undated visit
