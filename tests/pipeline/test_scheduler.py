"""Workers of a Dask scheduler: the tasks run there, and the results are the same byte for byte.

Those of the second test see nothing of the folder (it is hidden from them by a file system of their own), and one of
them is killed while it works.
"""

import contextlib
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future
from pathlib import Path

import pytest
from checkout import COMMAND, Checkout
from site_study import of_sites

from pipeline.cluster import address_of, parcels
from pipeline.cluster.parcels import TIMES, Afar
from pipeline.hooks import run_task
from pipeline.project import UserError

distributed = pytest.importorskip("distributed", reason="distributed is not installed")
FutureCancelledError = distributed.client.FutureCancelledError
SITES = ("北京大学第三医院", "single")
HIDDEN = 'mount -t tmpfs none "$1" && shift && exec "$@"'  # where this folder was there is nothing now


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Checkout:
    """The study of several sites, rendered by threads of one process."""
    made = of_sites(tmp_path_factory.mktemp("here"), *SITES)
    return _rendered(made)


def _rendered(made: Checkout, *words: str) -> Checkout:
    answer = made.study("render", "--report", "final", "--renderer", "embedded", *words)
    assert answer.code == 0, answer.text
    return made


def tables(made: Checkout) -> dict[str, bytes]:
    """Every published results table by its place, and every dataset."""
    found = [
        *made.file("reports", "_site").rglob("results.csv"),
        *made.file("build", "tiny").rglob("*.parquet"),
    ]
    return {file.relative_to(made.root).as_posix(): file.read_bytes() for file in found}


def test_processes_begun_here_give_the_same_results(here, tmp_path):
    made = _rendered(of_sites(tmp_path, *SITES), "--cluster", "local:2")
    assert tables(made) == tables(here)
    assert len([name for name in tables(made) if name.endswith("results.csv")]) == 1 + len(SITES)


def _is_hiding() -> bool:
    """Whether this machine lets a process have a file system of its own."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    asked = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return asked.returncode == 0


@contextlib.contextmanager
def workers_that_see_nothing(of: Path):
    """A scheduler and two workers from whom a folder is hidden; its address and the workers."""
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as started,
        tempfile.TemporaryDirectory(
            prefix="w", ignore_cleanup_errors=True
        ) as folder,  # short: sockets lie there
    ):
        address = started.scheduler_address
        begun = []
        for number in (1, 2):
            place = Path(folder) / str(number)
            place.mkdir()
            worker = [
                sys.executable,
                "-m",
                "distributed.cli.dask_worker",
                address,
                "--no-nanny",
                "--no-dashboard",
            ]
            worker += ["--nthreads", "1", "--local-directory", str(place)]
            hidden = ["unshare", "-rm", "sh", "-c", HIDDEN, "sh", str(of), *worker]
            given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            begun.append(
                subprocess.Popen(
                    hidden,
                    env={**given, "TMPDIR": str(place)},
                    cwd="/",
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        try:
            yield address, begun
        finally:
            for process in begun:
                process.kill()
                process.wait()


@pytest.mark.skipif(not _is_hiding(), reason="no process of this machine can have a file system of its own")
def test_workers_that_see_nothing_and_die_give_the_same_results(here, tmp_path):
    made = of_sites(tmp_path, *SITES)
    with workers_that_see_nothing(made.root) as (address, workers):
        words = ("--report", "final", "--renderer", "embedded", "--scheduler", address)
        command = subprocess.Popen(
            [*COMMAND, "render", *words],
            cwd=made.root,
            env=made.environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 300
        while not list(made.file("build", "tiny").glob("final/results/*.json")) and command.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.1)
        workers[0].send_signal(signal.SIGKILL)
        _, said = command.communicate(timeout=600)
    assert command.returncode == 0, said
    assert tables(made) == tables(here)


class Dying:
    """A client whose workers die so often at one place of the way, and say so by an error of some kind."""

    def __init__(self, where: str, kind: type[BaseException], often: int):
        self.where, self.kind, self.left = where, kind, often

    def _may_die(self, where: str) -> None:
        if where == self.where and self.left > 0:
            self.left -= 1
            words = ("work-1", "a worker has died")
            raise self.kind(*words) if self.kind is FutureCancelledError else self.kind(words[1])

    def scatter(self, content: bytes, **_) -> bytes:
        self._may_die("contents are sent")
        return content

    def submit(self, _work, parcel: dict, *_contents, **_) -> Future:
        self._may_die("the task is sent")
        answer: Future = Future()
        try:
            self._may_die("the answer is gathered")
            answer.set_result({"files": {}, "outcome": pickle.dumps((None, parcel["function"]))})
        except Exception as error:
            answer.set_exception(error)
        return answer


@pytest.mark.parametrize("often", [1, TIMES - 1, TIMES])
@pytest.mark.parametrize(
    "kind",
    [
        TimeoutError,
        OSError,
        RuntimeError,
        KeyError,
        distributed.comm.CommClosedError,
        FutureCancelledError,
    ],
)
@pytest.mark.parametrize("where", ["contents are sent", "the task is sent", "the answer is gathered"])
def test_a_task_is_sent_again_wherever_a_worker_dies(tmp_path, monkeypatch, where, kind, often):
    def prepare_datasets() -> None: ...

    monkeypatch.setitem(parcels.PARCELS, "prepare_datasets", lambda root, arguments: ([], []))
    monkeypatch.setattr(parcels, "base_of", lambda root: b"the snapshot")
    afar = Afar(Dying(where, kind, often), tmp_path)
    answer = afar.submit(run_task, prepare_datasets, {})
    if often < TIMES:
        assert answer.result(timeout=60) == "prepare_datasets"
    else:
        with pytest.raises(kind):
            answer.result(timeout=60)
    afar.shutdown()


def of_handbook(library: str) -> str:
    """The code that the handbook gives for a library, as far as it needs no cluster."""
    text = (Path(__file__).parents[2] / "docs" / "sites.qmd").read_text("utf-8")
    (block,) = [
        one for one in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if f"from {library}" in one
    ]
    return block.partition("cluster.scale(")[0].partition("cluster = KubeCluster(")[0]


def test_the_job_of_the_handbook_begins_workers_of_one_task_each():
    pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")
    told: dict = {}
    exec(of_handbook("dask_jobqueue"), told)
    script = told["cluster"].job_script()
    told["cluster"].close()
    assert "#SBATCH -p normal" in script
    assert "#SBATCH -t 04:00:00" in script
    (begins,) = [line for line in script.splitlines() if "dask_worker" in line]
    assert begins.startswith("/shared/my_study/.venv/bin/python -m distributed.cli.dask_worker tcp://")
    assert "--nworkers 8" in begins
    assert "--nthreads 1" in begins


def test_the_pods_of_the_handbook_run_one_task_each():
    pytest.importorskip("dask_kubernetes.operator", reason="dask-kubernetes is not installed")
    told: dict = {}
    exec(of_handbook("dask_kubernetes"), told)
    worker = told["spec"]["spec"]["worker"]
    (container,) = worker["spec"]["containers"]
    assert worker["replicas"] == 8
    assert container["args"][:3] == ["dask-worker", "--nthreads", "1"]


@pytest.mark.parametrize("text", ["local:0", "local", "10.0.0.1:8786", "tcp://"])
def test_what_is_no_scheduler_is_told_as_a_mistake(text):
    with pytest.raises(UserError, match="is no Dask scheduler"):
        address_of(text)


@pytest.mark.parametrize(
    "name", ["reports/_site/index.html", "build/../params/tiny/study.yml", "/etc/passwd"]
)
def test_what_a_worker_sends_lands_below_build_and_nowhere_else(tmp_path, name):
    (tmp_path / "build").mkdir()
    with Afar(None, tmp_path) as afar, pytest.raises(ValueError, match="no product of its task"):
        afar._inside(name)
