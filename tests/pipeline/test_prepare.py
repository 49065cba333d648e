"""Datasets of one report: complete, hashed, and nothing in them that lies after the data cut."""

import json

import pandas as pd
import pytest
from checkout import of_project
from planning import planned

from pipeline import prepare
from pipeline.project import sha256

CUTS = {"ra_cohort": "2025-06-30", "dm_abatacept": "2021-12-31"}
STUDIES = tuple(CUTS)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The interim datasets of both registered studies, at cuts given on the command line."""
    checkout = of_project(tmp_path_factory.mktemp("prepared") / "checkout", *STUDIES)
    for study, cut in CUTS.items():
        with planned(checkout, studies=[study], reports=["interim"], as_of=cut) as tasks:
            settings = tasks[f"{study}/interim: datasets"].depends_on["settings"].load()
            index = checkout.built(study, "interim") / "data" / "index.json"
            prepare.prepare(settings=settings, root=checkout.file("build", "snapshot"), index=index)
    return checkout


def frames(checkout, study: str) -> dict[str, pd.DataFrame]:
    folder = checkout.built(study, "interim") / "data"
    return {file.stem: pd.read_parquet(file) for file in folder.glob("*.parquet")}


@pytest.mark.parametrize("study", STUDIES)
def test_the_index_names_every_dataset_with_its_rows_and_hash(prepared, study):
    folder = prepared.built(study, "interim") / "data"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    found = frames(prepared, study)
    assert set(index["datasets"]) == set(found) > {"subjects", "measures", "populations", "flow", "queries"}
    for name, described in index["datasets"].items():
        assert (described["rows"], described["columns"]) == found[name].shape
        assert described["sha256"] == sha256(folder / f"{name}.parquet")
    for file in index["files"]:
        assert file["sha256"] == sha256(prepared.root / file["path"])
    assert not (folder.parent / ".data.partial").exists()


@pytest.mark.parametrize("study", STUDIES)
def test_no_date_lies_after_the_cut(prepared, study):
    checked = 0
    for name, frame in frames(prepared, study).items():
        for column in frame.columns[[kind.kind == "M" for kind in frame.dtypes]]:
            assert not (frame[column] > pd.Timestamp(CUTS[study])).any(), (name, column)
            checked += 1
    assert checked > 10


@pytest.mark.parametrize("study", STUDIES)
def test_nobody_who_consented_after_the_cut_is_there(prepared, study):
    found = frames(prepared, study)
    known = set(found["subjects"]["subject_id"])
    assert (pd.to_datetime(found["subjects"]["consent_date"].dropna()) <= pd.Timestamp(CUTS[study])).all()
    for name, frame in found.items():
        if "subject_id" in frame and name != "queries":
            assert set(frame["subject_id"].dropna()) <= known, name


def test_the_cut_of_the_command_line_is_that_of_the_report(prepared):
    for study in STUDIES:
        settings = json.loads(
            (prepared.built(study, "interim") / "settings.json").read_text(encoding="utf-8")
        )
        assert settings["data_cut"] == settings["analysis"]["data_cut"] == CUTS[study]
        assert settings["state"] == "interim"


def test_rows_read_are_used_or_set_aside(prepared):
    for study in STUDIES:
        lines = frames(prepared, study)["accounting"]
        wide = lines.pivot_table(
            index=["table", "block"], columns="kind", values="n", aggfunc="sum", fill_value=0
        )
        assert (wide["read"] == wide["used"] + wide["set aside"]).all()
        assert lines.loc[lines["kind"].eq("set aside"), "reason"].str.contains("data cut").any()


def test_preparing_again_gives_the_same_index(prepared):
    folder = prepared.built("dm_abatacept", "interim")
    before = (folder / "data" / "index.json").read_text(encoding="utf-8")
    prepare.prepare(
        settings=folder / "settings.json", root=prepared.root, index=folder / "data" / "index.json"
    )
    assert (folder / "data" / "index.json").read_text(encoding="utf-8") == before


def test_datasets_that_cannot_be_stored_leave_the_last_good_ones(prepared, monkeypatch):
    folder = prepared.built("dm_abatacept", "interim")
    before = {file.name: file.read_bytes() for file in (folder / "data").iterdir()}

    def fail(frame, file, **_):
        raise OSError(f"no space left for {file.name}")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    with pytest.raises(OSError, match="no space left"):
        prepare.prepare(
            settings=folder / "settings.json", root=prepared.root, index=folder / "data" / "index.json"
        )
    assert {file.name: file.read_bytes() for file in (folder / "data").iterdir()} == before


def test_what_another_report_was_given_is_not_prepared_again_unless_it_is_spoilt_or_other(
    tmp_path, monkeypatch
):
    derived = []

    def derive(content, root, fresh, laps):
        derived.append(content["data_cut"])
        pd.DataFrame({"value": [1.5]}).to_parquet(fresh / "values.parquet", index=False)
        return {"datasets": {"values": {"rows": 1, "columns": 1, "sha256": sha256(fresh / "values.parquet")}}}

    def ask(report: str, *, cut: str | None = None, rests_on: str = "code and files") -> dict:
        analysis = {"report": report, "through_visit": None}
        asked = tmp_path / "asked.json"
        content = {"study": {"id": "x"}, "criteria": None, "data_cut": cut, "analysis": analysis}
        asked.write_text(json.dumps(content), encoding="utf-8")
        index = tmp_path / report / "data" / "index.json"
        prepare.prepare(settings=asked, root=tmp_path, index=index, rests_on=rests_on)
        assert pd.read_parquet(index.with_name("values.parquet"))["value"].tolist() == [1.5]
        assert (index.parents[1] / "settings.json").read_bytes() == asked.read_bytes()
        return json.loads(index.read_text(encoding="utf-8"))

    monkeypatch.setattr(prepare, "_derive", derive)
    first, second = ask("interim"), ask("final")
    assert (len(derived), first["key"]) == (1, second["key"])
    assert first["settings"] != second["settings"]
    assert ask("final", cut="2025-06-30")["key"] != first["key"]  # another cut
    assert ask("final", rests_on="other code")["key"] != first["key"]
    assert len(derived) == 3
    (tmp_path / "interim" / "data" / "values.parquet").write_bytes(b"spoilt")
    ask("final")
    assert len(derived) == 4
    ask("interim", rests_on="")  # by hand: nothing is known of what it rests on
    assert len(derived) == 5
