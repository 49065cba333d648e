"""The smallest study that a fault can strike: a checkout of its own, data of many versions, and the questions asked
after.

Every version of the data has its own number of patients, so a page tells which version it was made from; whether
what is published belongs together is computed anew here, from the data whose hash the manifest names.
"""

import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import warm
from checkout import COMMAND, Checkout
from tiny_study import NUMBER, TEXT, counting, people_file, write_study

STUDY = people_file(age="age", consent_date="consent")
CELLS = counting()
RENDER = ("render", "tiny", "--report", "interim", "--renderer", "embedded")
OPERATION = "settle = 0\npatience = 3\n"
PATIENCE = 120


@dataclass(frozen=True, eq=False)
class Victim(Checkout):
    """The checkout, and what was ever put into its data."""

    versions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def temp(self) -> Path:
        """A folder for temporary files of its own, with a short name: sockets lie in it."""
        name = "f-" + hashlib.sha256(str(self.root).encode()).hexdigest()[:10]
        folder = Path(tempfile.gettempdir()) / name
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def current(self) -> str:
        """The hash of the data as they are."""
        return hashlib.sha256(data(self).read_bytes()).hexdigest()

    def write_data(self, n: int, *, place: Path | None = None) -> bytes:
        """Data with `n` patients, one consenting each day from 2025-01-01; remembered by their hash."""
        days = [f"2025-{1 + day // 28:02d}-{1 + day % 28:02d}" for day in range(n)]
        text = "id,age,consent\n" + "".join(f"T-{i:03d},{30 + i},{day}\n" for i, day in enumerate(days))
        content = text.encode()
        self.versions[hashlib.sha256(content).hexdigest()] = days
        file = place or self.file("data", "tiny", "people.csv")
        fresh = file.with_name("fresh")
        fresh.write_bytes(content)
        fresh.replace(file)
        return content

    def start(self, *words: str, program: str = "", served: bool = False, **given) -> subprocess.Popen:
        """The command line, in a session of its own, without waiting for it; `program` is another one in Python.

        Where nothing is asked of how a command begins and of whom it consists, it is `served` by one that stays.
        """
        environment = self.environment() | {"TMPDIR": str(self.temp)}
        environment |= warm.serving() if served else {}
        environment |= given.pop("env", {})
        return subprocess.Popen(
            [*((sys.executable, "-c", program) if program else COMMAND), *words],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **given,
        )

    def bytes_published(self) -> dict[str, bytes]:
        """Every published file of the report."""
        folder = self.published("tiny", "interim")
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir())} if folder.is_dir() else {}

    def processes(self) -> list[int]:
        """Processes that run in this checkout or carry its path, zombies apart."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if str(self.root).encode() in said and state != "Z" and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return found

    def wait_for_no_process(self, seconds: float = 10) -> list[int]:
        """Processes that are still there after a while."""
        until = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def leftovers(self) -> list[str]:
        """Half-written files and folders, after a run that ended by itself."""
        places = [self.file("build"), self.file("runs"), self.file("reports", "_site"), self.file("locks")]
        names = [path for place in places if place.exists() for path in place.rglob("*")]
        bad = re.compile(r"\.partial|\.gone$|\.tmp$")
        found = [str(path.relative_to(self.root)) for path in names if bad.search(path.name)]
        return found + ([] if not self.file("build", "snapshot").exists() else ["build/snapshot"])


def make_victim(folder: Path) -> Victim:
    """Lay out the checkout, with data of three patients."""
    victim = Victim(
        write_study(folder, study=STUDY, data={}, cells=CELLS, text=TEXT, reports=["interim"]).root
    )
    victim.write_data(3)
    victim.file("operation.toml").write_text(OPERATION, encoding="utf-8")
    return victim


def faults_of_published(victim: Victim) -> list[str]:
    """What does not belong together in what is published; nothing when all does."""
    folder = victim.published("tiny", "interim")
    if not folder.is_dir():
        return []
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"manifest: {error}"]
    found = []
    for name, digest in manifest["outputs"].items():
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            found.append(f"{name} is not what the manifest says")
    extra = {file.name for file in folder.iterdir()} - {*manifest["outputs"], "manifest.json"}
    found += [f"{name} is in no manifest" for name in sorted(extra)]
    days = victim.versions.get(manifest["data"][0]["sha256"])
    if days is None:
        return [*found, "made from data that never were there whole"]
    cut = manifest["data_cut"]
    expected = len(days) if cut == "all data" else sum(day <= cut for day in days)
    with (folder / "results.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = [row for row in csv.DictReader(stream) if row["result_id"] == NUMBER]
    page = re.sub(r"<[^>]+>", "", (folder / "index.html").read_text(encoding="utf-8"))
    shown = re.search(r"There were\s+(\d+)\s+subjects", page)
    if float(row["value"]) != expected:
        found.append(f"results say {row['value']}, the data have {expected} as of {cut}")
    if not shown or int(shown[1]) != expected:
        found.append(f"the page says {shown and shown[1]}, the data have {expected} as of {cut}")
    if cut not in page:
        found.append(f"the page does not name the cut {cut}")
    kept = victim.file("runs", "tiny", "interim", manifest["run"], "manifest.json")
    if not kept.is_file():
        found.append(f"the run {manifest['run']} is not kept")
    return found


def published_version(victim: Victim) -> str | None:
    """The hash of the data that the published report was made from."""
    file = victim.published("tiny", "interim") / "manifest.json"
    return json.loads(file.read_text(encoding="utf-8"))["data"][0]["sha256"] if file.is_file() else None


def kill_tree(process: subprocess.Popen) -> None:
    """kill -9 of the command alone; its children have to see to themselves."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def scratch_folders(victim: Victim) -> list[str]:
    """The temporary files and folders of its runs."""
    return sorted(entry.name for entry in victim.temp.iterdir())


def copy_of(victim: Victim, folder: Path) -> Victim:
    """The same checkout in another folder, its history of data included."""
    shutil.copytree(victim.root, folder)
    return Victim(folder, dict(victim.versions))


def family(process) -> dict[str, int]:
    """Who is at work in a run: the command, its fork server, what is forked from that to read or for a notebook, and
    the program that makes the page."""
    parents = parents_of_all()
    children = [pid for pid, parent in parents.items() if parent == process.pid]
    found = {"fork server": "kernels.server", "renderer": "--citeproc"}
    known = {name: pid for name, sign in found.items() for pid in children if sign in command_line(pid)}
    kernels = [pid for pid, parent in parents.items() if parent == known.get("fork server")]
    return {"command": process.pid, **known, **({"kernel": kernels[0]} if kernels else {})}


def parents_of_all() -> dict[int, int]:
    """The parent of every process, zombies apart."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            found[int(entry.parent.name)] = int(fields[1])
    return found


def command_line(pid: int) -> str:
    """How a process was started; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def ended(process) -> tuple[int, str]:
    """Exit code and what was said."""
    said = process.communicate(timeout=PATIENCE * 2)[0]
    return process.returncode, said


def wait_for(what, told: str):
    """The first true answer."""
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until, f"{told} was not seen"
        time.sleep(0.02)
    return found


def data(victim: Victim) -> Path:
    """The file that every version of the data is put into."""
    return victim.file("data", "tiny", "people.csv")


def assert_recovers(victim: Victim, *, served: bool = False) -> None:
    """The next run does what was asked, and nothing half-written is left."""
    code, said = ended(victim.start(*RENDER, served=served))
    assert code == 0, said
    assert "Traceback" not in said
    assert faults_of_published(victim) == []
    assert published_version(victim) == victim.current
    assert victim.leftovers() == []
    assert victim.wait_for_no_process() == []
    assert scratch_folders(victim) == []
