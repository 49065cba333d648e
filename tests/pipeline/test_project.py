"""Where things are; files are left alone when nothing changed; digests notice every change."""

from datetime import date

import pytest

from pipeline.project import Project, UserError, as_json, code_digest, sha256, write_if_changed


@pytest.fixture
def project(tmp_path) -> Project:
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    for name in ("ra_cohort", "dm_abatacept", "unfinished"):
        (tmp_path / "params" / name).mkdir(parents=True)
    for name in ("ra_cohort/study", "ra_cohort/final", "dm_abatacept/study"):
        (tmp_path / "params" / f"{name}.yml").write_text("", encoding="utf-8")
    return Project(tmp_path)


def test_a_project_is_found_from_any_folder_in_it(project):
    below = project.root / "params" / "ra_cohort"
    assert Project.find(below).root == project.root.resolve()


def test_outside_a_project_the_error_says_what_was_looked_for(tmp_path_factory):
    with pytest.raises(
        UserError, match=r"is not inside a project: no folder above it holds _quarto\.yml and params/"
    ):
        Project.find(tmp_path_factory.mktemp("elsewhere"))


def test_studies_are_the_folders_with_a_study_file(project):
    assert project.studies() == ["dm_abatacept", "ra_cohort"]
    assert project.reports("ra_cohort") == ["final"]
    assert project.reports("dm_abatacept") == []


def test_all_studies_are_chosen_when_none_is_named_and_each_once(project):
    assert project.choose([]) == ["dm_abatacept", "ra_cohort"]
    assert project.choose(["ra_cohort", "ra_cohort"]) == ["ra_cohort"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("ra_cohrt", "Did you mean ra_cohort"), ("zzz", "Studies here: dm_abatacept, ra_cohort")],
)
def test_an_unknown_study_is_an_error_that_helps(project, name, hint):
    with pytest.raises(UserError, match=rf"there is no study '{name}' \(params/{name}/study\.yml\)\. {hint}"):
        project.choose([name])


def test_a_file_is_written_only_when_its_content_changes(tmp_path):
    file = tmp_path / "deep" / "note.txt"
    write_if_changed(file, "eins\n")
    first = file.stat().st_ino, file.stat().st_mtime_ns
    write_if_changed(file, "eins\n")
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == first
    write_if_changed(file, "zwei 风湿\n")
    assert file.read_text(encoding="utf-8") == "zwei 风湿\n"
    assert [one.name for one in file.parent.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("before", [b"", b"\x9f\x00 no text", b"eins\r\n"])
def test_a_file_that_was_spoilt_is_written_anew(tmp_path, before):
    file = tmp_path / "note.txt"
    file.write_bytes(before)
    write_if_changed(file, "eins\n")
    assert file.read_bytes() == b"eins\n"


def test_json_is_readable_one_entry_a_line_in_the_order_given():
    assert as_json({"b": "风湿", "a": date(2025, 6, 30)}) == '{\n "b": "风湿",\n "a": "2025-06-30"\n}\n'


def test_digest_of_a_file_is_its_sha256(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    assert sha256(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_code_digest_notices_content_names_and_new_files_but_no_caches(tmp_path):
    (tmp_path / "part").mkdir()
    module = tmp_path / "part" / "a.py"
    module.write_text("x = 1\n", encoding="utf-8")
    first = code_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"cache")
    assert code_digest(tmp_path) == first
    module.write_text("x = 2\n", encoding="utf-8")
    changed = code_digest(tmp_path)
    module.rename(tmp_path / "part" / "b.py")
    renamed = code_digest(tmp_path)
    (tmp_path / "data.csv").write_text("1\n", encoding="utf-8")
    assert len({first, changed, renamed, code_digest(tmp_path)}) == 4
