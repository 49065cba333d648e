"""One process that stays for a whole run of the tests: renders of all checkouts with the same program begin at once."""

import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

RUN = "PYTEST_XDIST_TESTRUNUID"
STAYS = "900"  # seconds after its last render


def folder() -> Path | None:
    """What the workers of this run share; none where tests run without workers, mostly few of them."""
    run = os.environ.get(RUN)
    return Path(tempfile.gettempdir()) / f"warm-{run}" if run else None


@cache
def serving() -> dict[str, str]:
    """What the environment of a command says where the process is; it is begun by the first render of it all."""
    place = folder()
    if place is None:
        return {}
    from checkout import Checkout
    from tiny_study import TEXT, counting, people_file, write_study

    from pipeline.handed import POINTER

    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = Checkout(place / "checkout")
        if not made.root.is_dir():
            data = {"people.csv": "id\nT-01\nT-02\n"}
            write_study(
                place, study=people_file(), data=data, cells=counting(), text=TEXT, reports=["interim"]
            )
            os.environ["STUDY_KEEP_WARM"] = STAYS
            try:
                answer = made.study("render", "tiny", "--report", "interim", "--renderer", "embedded")
            finally:
                del os.environ["STUDY_KEEP_WARM"]
            if answer.code != 0:
                raise RuntimeError(f"the checkout whose process stays could not be rendered:\n{answer.text}")
    return {"STUDY_WARM": str(made.root / POINTER)}


def end() -> None:
    """Let the process go; it does when its folder has gone."""
    if place := folder():
        shutil.rmtree(place, ignore_errors=True)
