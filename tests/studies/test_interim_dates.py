"""An interim look on any day, from before the first consent to the end: nothing fails, no id is missing."""

import os
import re

import pandas as pd
import pytest
from at_dates import interim_at
from checkout import ROOT
from chinese import english_in, known, texts_of_page

from pipeline import awaited, resolve
from pipeline.publish.unknown import say_what_is_unknown
from pipeline.words import chosen_id, words_of

# half a year after the first consent, and a day when there was none; `STUDY_ALL_DATES=1` tries twelve of each study
DATES = {"dm_abatacept": ["2021-08-01"], "ra_cohort": ["2022-06-01"]}
MORE = {
    "dm_abatacept": """2020-06-01 2021-02-01 2021-02-10 2021-02-20 2021-03-15 2021-06-01 2021-10-01 2022-02-15
        2022-07-01 2023-02-07""",
    "ra_cohort": """2023-01-09 2023-01-20 2023-01-31 2023-03-01 2023-06-01 2023-09-01 2024-01-01 2024-06-30 2025-01-01
        2025-12-31 2026-12-31""",
}
MARKUP = re.compile(r"```(?:\{=html\})?|\]\{[.\w-]+\}")  # around a table and its notes
if os.environ.get("STUDY_ALL_DATES"):
    DATES = {study: [*days, *MORE[study].split()] for study, days in DATES.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("study", "day"), [(study, day) for study, days in DATES.items() for day in days])
def test_every_notebook_runs_and_every_number_of_the_text_is_there_or_awaited(tmp_path, study, day):
    outcome = interim_at(tmp_path, study, day, lang="zh")
    assert outcome.failed == {}
    assert english_left(study, outcome) == []
    found = resolve._read(ROOT, study, "interim")
    content = {"study": found.study, "analysis": found.analysis, "criteria": found.criteria}
    waiting = awaited.awaited_rows(ROOT, content, outcome.rows)
    rows = outcome.rows + waiting
    known = {row["result_id"] for row in rows}
    _, chosen = words_of(found.study)
    texts = awaited.texts_of(ROOT, study, "interim")
    asked = {awaited._full(chosen_id(name, chosen)) for name in awaited.single_ids(texts)}
    assert asked - known == set()
    empty = [row for row in rows if row["value"] is None]
    bounds = [row for row in empty if row["statistic"] in ("conf_low", "conf_high")]
    assert {row["status"] for row in empty if row not in bounds} <= {"not estimated"}
    assert {row["status"] for row in bounds} <= {"not estimated", "no interval"}
    assert [row["result_id"] for row in empty if not row["note"]] == []  # what is not there says why
    assert sentences_without_a_number(tmp_path, texts, rows, chosen) == []


def english_left(study, outcome) -> list[str]:
    """English in what the notebooks show in Chinese: tables, their notes, captions, and the texts of figures."""
    tables = {file.stem: pd.read_parquet(file) for file in (outcome.folder / "data").glob("*.parquet")}
    sources = [source["id"] for source in resolve._read(ROOT, study, "interim").study["sources"]]
    texts = [
        (place, part) for place, text in outcome.texts for _, part in texts_of_page(MARKUP.sub(" ", text))
    ]
    assert len(texts) > 500
    return list(english_in(texts, known(study, tables, sources)))


def sentences_without_a_number(folder, texts, rows, chosen):
    """The sentences that the report would print around a number that is not there."""
    for number, text in enumerate(texts):
        (folder / f"{number}.qmd").write_text(text, encoding="utf-8")
    say_what_is_unknown(folder, rows, labels={}, chosen=chosen)
    values = {row["result_id"]: row["value"] for row in rows}
    told = "\n\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.qmd")))
    assert "Not known yet" in told
    return [
        paragraph
        for paragraph in told.split("\n\n")
        if paragraph.rstrip().endswith(".") and not paragraph.startswith(("|", "#"))
        for name in awaited.single_ids([paragraph])
        if values[awaited._full(chosen_id(name, chosen))] is None
    ]
