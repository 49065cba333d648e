"""When renders are due, and what makes a system start them."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from pipeline.operating import Operation
from pipeline.project import UserError
from pipeline.schedule.times import Every
from pipeline.schedule.units import Job, crontab, systemd_service, written


def job(root: Path, every: str = "Mon 06:00", **operation) -> Job:
    return Job(root, Path("/bin/true"), Every.parse(every), ["my_study"], Operation(**operation))


def _of(files: dict[str, str], ending: str) -> str:
    """The text of the only file of this ending."""
    (found,) = [text for name, text in files.items() if name.endswith(ending)]
    return found


def test_schedules_of_other_folders_and_other_studies_stand_beside_one_another(tmp_path):
    """One that is installed later replaces none but its own."""
    jobs = [
        Job(tmp_path / folder, Path("study"), Every.parse(every), studies, Operation())
        for folder in ("a", "b")
        for studies in ([], ["ra"], ["dm"], ["ra", "dm"])
        for every in ("Mon 06:00", "daily 05:00")
    ]
    names = [set(written(one)) for one in jobs]
    assert all(not names[n] & names[m] for n in range(0, 16, 2) for m in range(n + 2, 16, 2))
    assert all(names[n] == names[n + 1] for n in range(0, 16, 2))  # another time of the same replaces it


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon 06:00", [0]),
        ("mon,thu 06:00", [0, 3]),
        ("Mon-Fri 18:30", [0, 1, 2, 3, 4]),
        ("daily 05:00", [*range(7)]),
        ("05:00", [*range(7)]),
        ("Sat-Sun,Wed 5:00", [2, 5, 6]),
    ],
)
def test_days_and_times_are_read(text, days):
    assert list(Every.parse(text).days) == days


@pytest.mark.parametrize(
    "text", ["Mon", "Mon 24:00", "Mon 6", "Mo 06:00", "Fri-Mon 06:00", "06:60", "", "Mon 06:00 x"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(UserError):
        Every.parse(text)


def test_the_next_due_time_is_the_first_one_later():
    here = datetime(2025, 6, 2, 5, 0).astimezone()  # a Monday
    every = Every.parse("Mon 06:00")
    first = every.after(here)
    assert (first.day, first.hour) == (2, 6)
    assert every.after(first).day == 9


def test_the_time_of_day_stays_where_summer_time_ends(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        before = datetime(2025, 10, 25, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        assert Every.parse("daily 06:00").after(before).strftime("%d %H:%M %z") == "26 06:00 +0100"
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


@pytest.mark.parametrize("folder", ["plain", "with blank", "with %p percent"])
def test_systemd_takes_the_units(tmp_path, folder):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    root = tmp_path / folder
    root.mkdir()
    files = written(job(root, "Mon-Fri 06:15", memory_limit=4 * 2**30))
    units = [tmp_path / name for name in files if name.endswith((".service", ".timer"))]
    for unit in units:
        unit.write_text(files[unit.name], encoding="utf-8")
    checked = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    own = [line for line in (checked.stdout + checked.stderr).splitlines() if "study-render" in line]
    assert (checked.returncode, own) == (0, [])
    when = next(line for line in _of(files, ".timer").splitlines() if line.startswith("OnCalendar="))
    asked = subprocess.run(
        [program, "calendar", when.partition("=")[2]], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert "Mon..Fri *-*-* 06:15:00" in asked.stdout


def test_the_service_has_its_limits_and_leaves_its_files_to_its_owner(tmp_path):
    text = systemd_service(job(tmp_path, run_limit=3600, memory_limit=4 * 2**30))
    for line in (
        "Type=oneshot",
        "TimeoutStartSec=7500",
        f"MemoryMax={4 * 2**30}",
        "PrivateTmp=yes",
        "UMask=0077",
        f"OnFailure={job(tmp_path).name}-failed.service",
        "SuccessExitStatus=10 5",
        "ExecStart=/bin/true render my_study --scheduled",
    ):
        assert line in text.splitlines()
    assert "Persistent=true" in _of(written(job(tmp_path)), ".timer")


@pytest.mark.parametrize(("code", "said"), [(0, False), (10, False), (5, False), (1, True), (3, True)])
def test_the_crontab_line_works_before_the_first_run_and_speaks_only_of_what_is_wrong(tmp_path, code, said):
    program = tmp_path / "study program"
    program.write_text(f"#!/bin/sh\nexit {code}\n")  # without a word, as on a full disk
    program.chmod(0o755)
    line = crontab(Job(tmp_path / "a folder", program, Every.parse("Mon,Sun 06:05"), [], Operation()))
    (tmp_path / "a folder").mkdir()
    fields = line.split(" ", 5)
    assert fields[:5] == ["5", "6", "*", "*", "1,0"]
    ended = subprocess.run(["/bin/sh", "-c", fields[5]], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == (f"study render ended with code {code}\n" if said else "", "")
    assert ended.returncode == (code if said else 0)


def test_cron_and_systemd_find_the_renderer_that_a_person_finds(tmp_path):
    program = tmp_path / "study"
    program.write_text("#!/bin/sh\ncommand -v quarto\n")
    quarto = tmp_path / "my tools" / "quarto"
    quarto.parent.mkdir()
    for file in (program, quarto):
        file.touch()
        file.chmod(0o755)
    found = Job(tmp_path, program, Every.parse("05:00"), [], Operation(), quarto.parent)
    shell = crontab(found).split(" ", 5)[5]
    cron = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    ended = subprocess.run(["/bin/sh", "-c", shell], env=cron, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "build" / "log" / f"{found.name}.log").read_text() == f"{quarto}\n"
    line = next(line for line in systemd_service(found).splitlines() if line.startswith("Environment="))
    assert line.endswith(f':/usr/bin:/sbin:/bin:{quarto.parent}"')


SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> "$HOME/asked"
[ ! -e "$HOME/refuse" ] || { echo "Failed to connect to bus" >&2; exit 1; }
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder, a project in it, and a systemctl that writes down what it is asked."""
    bin_, root = tmp_path / "bin", tmp_path / "project"
    for folder in (bin_, root / "params"):
        folder.mkdir(parents=True)
    (root / "_quarto.yml").touch()
    (bin_ / "systemctl").write_text(SYSTEMCTL)
    (bin_ / "systemctl").chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    monkeypatch.chdir(root)
    return tmp_path


def typed(*words: str) -> int:
    """The command line; its exit code."""
    import sys
    from unittest import mock

    from pipeline.cli import main

    with mock.patch.object(sys, "argv", ["study", *words]), pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_install_puts_units_that_systemd_takes_into_the_users_folder_and_starts_the_timer(home, capsys):
    assert typed("schedule", "--every", "Mon 06:00", "--install") == 0
    folder = home / ".config" / "systemd" / "user"
    name = Job(home / "project", Path(), Every.parse("05:00"), [], Operation()).name
    names = [f"{name}-failed.service", f"{name}.service", f"{name}.timer"]
    assert sorted(file.name for file in folder.iterdir()) == names
    assert (home / "asked").read_text().splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {name}.timer",
    ]
    assert f"--user enable --now {name}.timer" in capsys.readouterr().out
    assert 'every = "Mon 06:00"' in (home / "project" / "operation.toml").read_text()
    if program := shutil.which("systemd-analyze"):
        units = [folder / name for name in names]
        checked = subprocess.run(
            [program, "verify", "--user", *units], capture_output=True, text=True, check=False
        )
        own = [line for line in (checked.stdout + checked.stderr).splitlines() if "study-render" in line]
        assert own == []


def test_install_says_when_systemd_refuses_or_is_not_there(home, capsys):
    (home / "refuse").touch()
    assert typed("schedule", "--every", "Mon 06:00", "--install") == 2
    assert "--user daemon-reload was refused: Failed to connect to bus" in capsys.readouterr().err
    (home / "bin" / "systemctl").unlink()
    if shutil.which("systemctl") is None:
        assert typed("schedule", "--every", "Mon 06:00", "--install") == 2
        assert "there is no systemctl here" in capsys.readouterr().err


def test_the_task_for_windows_and_the_workflow_are_well_formed(tmp_path):
    files = written(job(tmp_path / "R&D <x>", "Mon,Fri 06:00"))
    tree = ElementTree.fromstring(_of(files, ".xml").encode())
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert [day.tag.rpartition("}")[2] for day in tree.find(".//t:DaysOfWeek", space)] == ["Monday", "Friday"]
    assert tree.findtext(".//t:MultipleInstancesPolicy", namespaces=space) == "IgnoreNew"
    assert tree.findtext(".//t:Arguments", namespaces=space) == "render my_study --scheduled"
    flow = YAML(typ="safe").load(_of(files, ".yml"))
    assert flow["jobs"]["reports"]["timeout-minutes"] == 60
    assert flow["permissions"] == {"contents": "read"}
    assert "my_study" not in _of(files, ".yml")
