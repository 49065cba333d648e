"""Why something would run again: which key of which file, which module, which dataset."""

import pytest
from faults.harness import RENDER, Victim, copy_of, make_victim


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Victim:
    made = make_victim(tmp_path_factory.mktemp("explain"))
    answer = made.study(*RENDER)
    assert answer.code == 0, answer.text
    return made


@pytest.fixture
def own(rendered, tmp_path) -> Victim:
    return copy_of(rendered, tmp_path / "own")


def tree(victim: Victim) -> dict[str, int]:
    """Every file that is shared, with its time."""
    places = ("build", "runs", "reports/_site")
    files = [file for place in places for file in victim.file(*place.split("/")).rglob("*") if file.is_file()]
    return {str(file): file.stat().st_mtime_ns for file in files}


CHANGES = (
    ("params/tiny/study.yml", "confidence_level: 0.95", "confidence_level: 0.9"),
    ("params/tiny/study.yml", "label: Baseline", "label: Start"),
    ("src/analysis/read/cut.py", '"""', 'CHANGED = 1\n"""'),
    ("data/tiny/people.csv", "T-000", "T-100"),
)
TOLD = (
    "params/tiny/study.yml: statistics.confidence_level",
    "params/tiny/study.yml: visits[W00].label",
    "src/analysis/read/cut.py",
    "data/tiny/people.csv: Changed",
)


def test_the_keys_of_the_files_are_named(own):
    assert not any(text in own.study(*RENDER, "--explain").text for text in TOLD)
    for file, old, new in CHANGES:
        path = own.file(*file.split("/"))
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    before = tree(own)
    answer = own.study(*RENDER, "--explain")
    assert answer.code == 0
    assert [text for text in TOLD if text not in answer.text] == []
    assert tree(own) == before


def test_words_about_code_run_nothing(own):
    file = own.file("src", "analysis", "read", "cut.py")
    text = file.read_text(encoding="utf-8")
    file.write_text("# a remark\n" + text.replace('"""', '"""Other words. ', 1), encoding="utf-8")
    assert "Nothing to do" in own.study(*RENDER).text


def test_a_dataset_that_a_notebook_does_not_read_does_not_run_it(own):
    path = own.file("data", "tiny", "people.csv")
    before = own.built("tiny", "interim") / "notebooks" / "tiny.ipynb"
    made = before.stat().st_ino
    reads = (own.built("tiny", "interim") / "reads" / "tiny.txt").read_text(encoding="utf-8").split()
    assert reads == ["subjects", "end"]
    own.file(
        "params", "tiny", "study.yml"
    )  # the query log alone changes: an age that cannot be read, beside the table
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    answer = own.study(*RENDER)
    assert answer.code == 0, answer.text
    assert "interim: datasets" in answer.text
    assert "interim: tiny" not in answer.text
    assert before.stat().st_ino == made
