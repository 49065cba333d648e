"""What `study doctor` finds: each line is provoked by the fault it is there for."""

import subprocess
from importlib import metadata

import pytest

from pipeline import doctor
from pipeline.project import Project


@pytest.fixture
def versions(monkeypatch):
    """Pretend that packages have other versions, or (None) are not installed."""
    real = metadata.version

    def pretend(**others):
        def version(name):
            found = others.get(name.replace("-", "_"), "real")
            if found is None:
                raise metadata.PackageNotFoundError(name)
            return real(name) if found == "real" else found

        monkeypatch.setattr(metadata, "version", version)

    return pretend


@pytest.fixture
def lock(tmp_path):
    """A project whose lock file says what the test writes."""

    def write(text):
        (tmp_path / "requirements.lock").write_text(text, encoding="utf-8")
        return Project(tmp_path)

    return write


def test_this_very_environment_can_make_reports(root):
    found = doctor.examine(Project(root))
    assert [finding.text for finding in found if finding.level == "error"] == []
    assert all(finding.line().startswith(("[green]ok", "[yellow]note", "[red]error")) for finding in found)


def test_missing_packages_are_named_and_nothing_else_falls_over(root, versions):
    versions(papermill=None, pandas=None)
    errors = [finding.text for finding in doctor.examine(Project(root)) if finding.level == "error"]
    assert errors == ["not installed: pandas, papermill; run `make .venv/ready`"]


@pytest.mark.parametrize(
    ("package", "bad", "good", "level"),
    [
        ("pandas", "2.3.3", "3.0.0", "error"),  # the first that is supported
        ("pingouin", "0.6.0", "0.6.1", "error"),  # columns renamed
        ("matplotlib", "3.13.0", "3.12.9", "note"),  # seaborn's argument goes
    ],
)
def test_versions_known_to_fail_are_told_and_the_next_ones_are_not(versions, package, bad, good, level):
    versions(**{package: bad})
    assert [(f.level, package in f.text) for f in doctor._known_bad()] == [(level, True)]
    versions(**{package: good})
    assert doctor._known_bad() == []


def test_a_version_other_than_the_locked_one_is_a_note(lock, versions):
    versions(numpy="2.4.0")
    project = lock("numpy==2.3.0 \\\n    --hash=sha256:0\n")
    assert doctor._lock(project).level == "note"
    assert "numpy 2.4.0 (locked 2.3.0)" in doctor._lock(project).text
    assert doctor._lock(lock("numpy==2.4.0 \\\n    --hash=sha256:0\n")).level == "ok"


@pytest.mark.parametrize(
    ("version", "level", "words"),
    [("1.8.27", "note", "too old"), ("1.9.0", "ok", "renders"), ("1.10.3", "ok", "renders")],
)
def test_quarto_counts_from_its_version_on(monkeypatch, version, level, words):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/bin/{name}")
    answer = subprocess.CompletedProcess([], 0, stdout=f"{version}\n")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *args, **kwargs: answer)
    found = doctor._quarto()
    assert (found.level, words in found.text) == (level, True)


def test_without_quarto_and_browser_the_notes_say_what_happens_instead(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert (doctor._quarto().level, "embedded renderer" in doctor._quarto().text) == ("note", True)
    assert (doctor._browser().level, "skip" in doctor._browser().text) == ("note", True)


def test_a_kernel_of_another_python_under_the_same_name_is_an_error(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        '{"argv": ["/opt/other/bin/python", "-m", "ipykernel", "-f", "{connection_file}"],'
        ' "display_name": "Python 3", "language": "python"}',
        encoding="utf-8",
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = doctor._kernel()
    assert found.level == "error"
    assert "/opt/other/bin/python" in found.text


def test_brackets_in_a_finding_are_shown_and_not_taken_for_markup():
    from rich.text import Text

    line = doctor.Finding("ok", "psycopg[binary] 3.2").line()
    assert Text.from_markup(line).plain == "ok    psycopg[binary] 3.2"


def test_little_disk_space_is_an_error(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 5e8})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage)
    assert doctor._disk(Project(tmp_path)).level == "error"


def test_of_several_lines_for_one_package_the_one_for_this_python_counts():
    text = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:0
numpy==2.5.1 ; python_full_version >= '3.12' \\
    --hash=sha256:1
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:2
"""
    assert doctor.locked_versions(text, {"python_full_version": "3.11.7", "sys_platform": "linux"}) == {
        "numpy": "2.4.6"
    }
    assert doctor.locked_versions(text, {"python_full_version": "3.14.0"})["numpy"] == "2.5.1"


def test_the_font_is_looked_for_where_it_is_and_not_in_a_cache(monkeypatch, tmp_path):
    from analysis import fonts

    assert doctor._fonts().level == "ok"
    monkeypatch.setattr(fonts, "FILE", tmp_path / "gone.otf")
    assert doctor._fonts().level == "error"
