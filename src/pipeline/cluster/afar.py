"""What a worker does that sees nothing of the project: unpack, run in a process of its own, hand back what was made.

Only Python's own library is used: this module goes to the worker as text, whatever is installed there.
"""

import io
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

MAIN = "from pipeline.cluster.parcels import main; main()"


def work(parcel: dict, base: bytes, *contents: bytes) -> dict:
    """Run the function of a task with the files it reads.

    Parameters
    ----------
    parcel : dict
        `function` (name), `arguments` (pickled, paths below ``@``), `digest` (of the base), `names` (of the contents,
        relative), `back` (patterns of what goes back).
    base : bytes
        Code, notebooks and parameters as an archive; unpacked once.
    *contents : bytes
        The files.

    Returns
    -------
    dict
        `files` by relative name, and `outcome` as bytes: what it returned or raised.
    """
    home = Path(tempfile.gettempdir()) / f"study-worker-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise PermissionError(f"{home} is somebody else's")
    unpacked = home / parcel["digest"]
    if not unpacked.is_dir():
        fresh = Path(tempfile.mkdtemp(dir=home))
        with zipfile.ZipFile(io.BytesIO(base)) as archive:
            archive.extractall(fresh)
        try:
            fresh.rename(unpacked)
        except OSError:  # another worker of this machine was faster
            shutil.rmtree(fresh, ignore_errors=True)
    place = Path(tempfile.mkdtemp(dir=home))
    try:
        shutil.copytree(unpacked, place, copy_function=os.link, dirs_exist_ok=True)
        for name, content in zip(parcel["names"], contents, strict=True):
            file = place / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            file.write_bytes(content)
        return _run(parcel, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(parcel: dict, place: Path) -> dict:
    source = place / "build" / "snapshot" / "src"
    given = pickle.dumps((parcel["function"], parcel["arguments"], str(place)))
    ended = subprocess.run(
        [sys.executable, "-c", MAIN],
        input=given,
        capture_output=True,
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(source)},
        check=False,
    )
    told = place / "outcome"
    if not told.is_file():
        last = ended.stderr.decode(errors="replace").strip()[-2000:]
        raise RuntimeError(
            f"the task ended on its worker without an answer (code {ended.returncode}): {last}"
        )
    files = {
        file.relative_to(place).as_posix(): file.read_bytes()
        for pattern in parcel["back"]
        for file in sorted(place.glob(pattern))
        if file.is_file()
    }
    return {"files": files, "outcome": told.read_bytes()}
