"""Functions run in processes of their own, and what they raise is told as where they are called."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline import kernels
from pipeline.ending import LimitReached

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

SCRIPT = "runpy:run_path"


def script(folder, text: str, name: str = "script.py") -> dict[str, str]:
    """The arguments that make `runpy` run this text."""
    file = folder / name
    file.write_text(
        f"import json, os, sys, time\nfrom pathlib import Path\nhere = Path({str(folder)!r})\n{text}\n"
    )
    return {"path_name": str(file)}


def test_a_call_runs_in_another_process_that_is_warm_and_knows_folder_and_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAID", "x\u0142")
    told = "[os.getpid(), 'pandas' in sys.modules, os.getcwd() == str(here), os.environ['SAID']]"
    with kernels.fork_server():
        kernels.call("pipeline.compare.patients:rows_of", folder="none", soon=["pyarrow.csv"])
        asked = f"(here / 'told').write_text(json.dumps({told}))\nsaid = [1, 'a']"
        answer = kernels.call(SCRIPT, **script(tmp_path, asked))
    pid, *rest = json.loads((tmp_path / "told").read_text())
    assert pid != os.getpid()
    assert rest == [True, True, "x\u0142"]
    assert answer["said"] == [1, "a"]


def test_two_calls_run_at_the_same_time(tmp_path):
    wait = """
(here / ME).touch()
for _ in range(600):
    if (here / OTHER).exists():
        break
    time.sleep(0.05)
else:
    raise TimeoutError("the other one never came")
"""
    scripts = [
        script(tmp_path, f"ME, OTHER = {me!r}, {other!r}\n{wait}", f"{me}.py")
        for me, other in (("a", "b"), ("b", "a"))
    ]
    with kernels.fork_server(), ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(kernels.call, SCRIPT, **given) for given in scripts]:
            done.result()


def test_what_a_call_raises_has_the_same_message_and_the_name_of_its_class(tmp_path):
    from pipeline.lock import LockError, refuse

    with kernels.fork_server(), pytest.raises(kernels.CallError) as caught:
        kernels.call("pipeline.lock:refuse", message="first line\n  second line, \u4e2d")
    with pytest.raises(LockError) as here:
        refuse(message="first line\n  second line, \u4e2d")
    assert str(caught.value) == str(here.value)
    assert caught.value.kind == "LockError"


def test_a_process_that_is_ended_from_outside_is_told(tmp_path):
    with kernels.fork_server():
        with pytest.raises(LimitReached, match="the process of runpy:run_path was ended from outside"):
            kernels.call(SCRIPT, **script(tmp_path, "os.kill(os.getpid(), 9)"))
        kernels.call(SCRIPT, **script(tmp_path, "(here / 'after').touch()"))
    assert (tmp_path / "after").exists()


def test_without_a_server_the_function_runs_here_and_raises_its_own_exception(tmp_path):
    kernels.call(SCRIPT, **script(tmp_path, "(here / 'told').write_text(str(os.getpid()))"))
    assert (tmp_path / "told").read_text() == str(os.getpid())
    with pytest.raises(FileNotFoundError):
        kernels.call(SCRIPT, path_name=str(tmp_path / "none.py"))
