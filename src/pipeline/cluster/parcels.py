"""Tasks for workers that see nothing of the project: what goes to them, what comes back."""

import hashlib
import io
import pickle
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipeline.ending import THREADS
from pipeline.files import files_below, write_whole

TIMES = 4  # that a task is sent before its loss is told
HERE_AT_A_TIME = 2  # reports that are rendered where the folder is
HERE = "@"  # stands for the project's folder in what is sent
SNAPSHOT = "build/snapshot"
RAW = ("data/", "outside/")  # of the snapshot: patients' data, which only the reading gets


class Afar(Executor):
    """Hands the tasks that compute to the workers of a scheduler, with the files they read; others run here.

    Parameters
    ----------
    client : distributed.Client
    root : Path
        The project's folder.
    """

    def __init__(self, client: Any, root: Path):
        self.client, self.root = client, root
        self.here = ThreadPoolExecutor(max_workers=HERE_AT_A_TIME, thread_name_prefix=THREADS)
        self.post = ThreadPoolExecutor(max_workers=1, thread_name_prefix=THREADS)
        self._sent: dict[str, Any] = {}
        self._base: tuple[str, Any] | None = None

    def submit(self, run: Callable, /, function: Callable, arguments: dict[str, Any]) -> Future:  # type: ignore[override]
        """Begin a task; what it makes lies in the project's folder when its future is done."""
        sends = PARCELS.get(function.__name__)
        if sends is None:
            return self.here.submit(run, function, arguments)
        done: Future = Future()
        done.set_running_or_notify_cancel()
        files, back = sends(self.root, arguments)
        self.post.submit(self._send, done, (function.__name__, arguments, files, back), TIMES)
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End what waits here."""
        for pool in (self.post, self.here):
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _send(self, done: Future, task: tuple[str, dict, list[Path], list[str]], times: int) -> None:
        name, arguments, files, back = task
        try:
            if times < TIMES:  # what was sent before may have been lost with the worker that held it
                self._sent.clear()
                self._base = None
            digest, base = self._base_sent()
            parcel = {
                "function": name,
                "arguments": pickle.dumps(relocated(arguments, self.root.as_posix(), HERE)),
                "digest": digest,
                "names": [self._name(file) for file in files],
                "back": back,
            }
            contents = [self._content(file.read_bytes()) for file in files]
            found = self.client.submit(work_by_value(), parcel, base, *contents, pure=False)
            found.add_done_callback(lambda future: self._take_back(done, future, task, times))
        except BaseException as error:
            self._again(done, task, times, error)

    def _again(self, done: Future, task: tuple, times: int, error: BaseException) -> None:
        """Send a task once more; the error where it was sent often enough, or the run is over."""
        from distributed.scheduler import KilledWorker  # of Dask's own: as many workers died of this task

        try:
            if times <= 1 or isinstance(error, KilledWorker) or not isinstance(error, Exception):
                raise error
            self.post.submit(self._send, done, task, times - 1)
        except BaseException as told:
            done.set_exception(told)

    def _take_back(self, done: Future, future: Any, task: tuple, times: int) -> None:
        """Put what came back where it belongs.

        What the task itself raised lies in its answer. All else was lost on the way there or back, under whatever
        name the library gives it, and the task is sent again.
        """
        try:
            answer = future.result()
        except BaseException as error:
            self._again(done, task, times, error)
            return
        try:
            for name, content in answer["files"].items():
                write_whole(self._inside(name), content)
            raised, value = pickle.loads(answer["outcome"])
            done.set_exception(raised) if raised is not None else done.set_result(value)
        except BaseException as error:
            done.set_exception(error)

    def _name(self, file: Path) -> str:
        """The name of a file below the folder; settings of a run lie elsewhere."""
        return (
            file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else f"asked/{file.name}"
        )

    def _inside(self, name: str) -> Path:
        """Where what came back belongs: below build, and nowhere else."""
        file = (self.root / name).resolve()
        if not file.is_relative_to((self.root / "build").resolve()):
            raise ValueError(f"a worker sent {name}, which is no product of its task")
        return file

    def _content(self, content: bytes) -> Any:
        """Bytes on their way to the workers, each once."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._sent:
            self._sent[digest] = self.client.scatter(content, hash=True)
        return self._sent[digest]

    def _base_sent(self) -> tuple[str, Any]:
        """Code, notebooks, parameters and texts of the snapshot, sent once."""
        if self._base is None:
            content = base_of(self.root)
            self._base = hashlib.sha256(content).hexdigest(), self._content(content)
        return self._base


def work_by_value() -> Callable:
    """The function of the worker, which goes there as text: nothing of this project need be installed."""
    import cloudpickle

    from pipeline.cluster import afar

    cloudpickle.register_pickle_by_value(afar)
    return afar.work


def base_of(root: Path) -> bytes:
    """The snapshot without patients' data, as an archive that is the same for the same content."""
    snapshot, stream = root / SNAPSHOT, io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files_below(snapshot)):
            name = file.relative_to(snapshot).as_posix()
            if not name.startswith(RAW):
                info = zipfile.ZipInfo(f"{SNAPSHOT}/{name}")
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, file.read_bytes())
    return stream.getvalue()


def relocated(value: Any, old: str, new: str) -> Any:
    """What a task is given, with its paths below another folder; those outside become `asked/NAME`.

    Examples
    --------
    >>> relocated({"root": "/p/build", "n": 3, "index": [Path("/p/a.json")]}, "/p", "@")
    {'root': '@/build', 'n': 3, 'index': [PosixPath('@/a.json')]}
    """
    if isinstance(value, dict):
        return {name: relocated(item, old, new) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(relocated(item, old, new) for item in value)
    if isinstance(value, Path):
        return Path(relocated(value.as_posix(), old, new))
    if isinstance(value, str) and (value == old or value.startswith(f"{old}/")):
        return new + value[len(old) :]
    return value


# ---------------------------------------------------------------- what each task reads and makes


def _reading(root: Path, arguments: dict) -> tuple[list[Path], list[str]]:
    """The exports go, with what is worked out beforehand; the datasets come."""
    snapshot = Path(arguments["root"])
    raw = [file for name in RAW for file in sorted(files_below(snapshot / name))]
    return [*raw, _settings(arguments)], _datasets(root, arguments)


def _cutting(root: Path, arguments: dict) -> tuple[list[Path], list[str]]:
    """The datasets of all go, those of a site come."""
    whole = sorted(Path(arguments["of_all"]).parent.glob("*"))
    return [*whole, _settings(arguments)], _datasets(root, arguments)


def _notebook(root: Path, arguments: dict) -> tuple[list[Path], list[str]]:
    """Datasets and settings of the report go; the executed notebook and its results come."""
    executed, results = Path(arguments["executed"]), Path(arguments["results"])
    folder = executed.parent.parent
    files = [*sorted((folder / "data").glob("*")), folder / "settings.json"]
    made = [executed, results, Path(arguments["reads"]), folder / "times" / f"{executed.stem}.json"]
    failed = executed.with_suffix(".failed.ipynb")
    return files, [_escaped(file.relative_to(root)) for file in (*made, failed)]


def _settings(arguments: dict) -> Path:
    return Path(arguments["settings"])


def _datasets(root: Path, arguments: dict) -> list[str]:
    folder = Path(arguments["index"]).parent.relative_to(root)
    of_report = folder.parent
    return [f"{_escaped(folder)}/*", _escaped(of_report / "settings.json"), f"{_escaped(of_report)}/times/*"]


def _escaped(name: Path) -> str:
    """A name as a pattern that fits it alone."""
    import glob

    return glob.escape(name.as_posix())


PARCELS = {"prepare_datasets": _reading, "cut_datasets": _cutting, "run_notebook": _notebook}


# ---------------------------------------------------------------- on the worker


def main() -> None:
    """Run one task in the folder it was unpacked into; standard input says which."""
    from pipeline.children import die_with_parent

    die_with_parent()
    name, arguments, place = pickle.loads(sys.stdin.buffer.read())
    outcome: tuple[Any, Any]
    try:
        outcome = None, _called(name, relocated(pickle.loads(arguments), HERE, place), Path(place))
    except Exception as error:
        outcome = error, None
    write_whole(Path(place) / "outcome", _packed(outcome))


def _called(name: str, arguments: dict, place: Path) -> Any:
    from pipeline import work

    if "settings" in arguments and not Path(arguments["settings"]).is_file():
        arguments = {**arguments, "settings": (place / "asked" / Path(arguments["settings"]).name).as_posix()}
    return getattr(work, name)(**arguments)


def _packed(outcome: tuple) -> bytes:
    """An outcome as bytes; an error that cannot travel as its text."""
    try:
        content = pickle.dumps(outcome)
        pickle.loads(content)
    except Exception:
        return pickle.dumps((RuntimeError(str(outcome[0])), None))
    return content
