"""What is counted, and what it does, stands in the singular after a one, and nowhere else, in every format."""

import json
import re
import zipfile

import pytest

from pipeline.render import render

TEXT = """\
---
title: Counts
---

{{< var a >}} patients came, {{< var b >}} patients stayed; {{< var a >}} of the patients, {{< var c >}} patients
and {{< var a >}}
people; {{< var d >}} events. {{< var a >}} of {{< var b >}} patients were treated, {{< var a >}} were not,
{{< var a >}} patients have left, {{< var b >}} were seen; events in {{< var a >}} patients were serious.
"""
SAYS = (
    "1 patient came, 21 patients stayed; 1 of the patients, [s] patients and 1 person; 0.1 events. 1 of 21 patients "
    "was treated, 1 was not, 1 patient has left, 21 were seen; events in 1 patient were serious."
)


@pytest.mark.parametrize("engine", ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)])
def test_after_a_one_stand_noun_and_verb_in_the_singular(stage_with, tmp_path, engine):
    stage = stage_with(TEXT)
    values = {"a": "1", "b": "21", "c": "\\[s\\]", "d": "0.1"}
    told = {name: f'[{value}]{{.result data-id="{name}"}}' for name, value in values.items()}
    (stage / "_variables.yml").write_text(json.dumps(told), encoding="utf-8")
    page, word = tmp_path / "page.html", tmp_path / "page.docx"
    render(stage, to="html", output=page, engine=engine)
    text = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    assert SAYS in " ".join(text.split())
    render(stage, to="docx", output=word, engine=engine)
    with zipfile.ZipFile(word) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode("utf-8"))
    assert SAYS in " ".join(text.split())
