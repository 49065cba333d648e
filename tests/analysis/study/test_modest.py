"""YAML that nests without end or unfolds to far more than it says is refused with its file, at once."""

import pytest

from analysis.study import StudyFileError
from analysis.study.document import load
from analysis.study.modest import DEEPEST

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: " + "[" * 20_000, "maximum depth"),
        ("a: " + "[" * 20_000 + "]" * 20_000, "maximum depth"),
        ("a: " + "{b: " * 5_000, "maximum depth"),
        ("a:\n " + "- " * 5_000 + "x", "maximum depth"),
        ("\n".join(" " * n + "k:" for n in range(2_000)), "maximum depth"),
        (BOMB, "unfolds to 12,345,679,0.* entries"),
        ("a: &a [*a]", "an alias stands within what it stands for"),
        ("a: &a {b: {c: *a}}", "an alias stands within what it stands for"),
        ("a: " + "x" * 5_000_001, "more than the limit of 5,000,000"),
    ],
    ids=["open", "closed", "braces", "dashes", "indented", "bomb", "itself", "itself below", "long"],
)
def test_a_file_that_would_never_end_is_refused_at_once(tmp_path, text, told):
    file = tmp_path / "study.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyFileError, match=told) as refused:
        load(file)
    assert "study.yml" in str(refused.value)


def test_an_alias_and_ordinary_depth_are_read(tmp_path):
    file = tmp_path / "study.yml"
    file.write_text(
        "a: &a {b: [1, 2]}\nc: *a\nd: " + "[" * (DEEPEST - 2) + "]" * (DEEPEST - 2), encoding="utf-8"
    )
    assert load(file).tree["c"] == {"b": ["1", "2"]}
