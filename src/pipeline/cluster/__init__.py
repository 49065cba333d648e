"""The tasks of a run on the workers of a Dask scheduler: here, on Slurm, on Kubernetes.

Workers that see the project's folder work in it. Others get what a task reads through the scheduler, and what it makes
comes back that way (`pipeline.cluster.parcels`); reports are then rendered, and published, where the folder is. A
worker that dies is nobody's loss: Dask gives its tasks to another.
"""

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from pipeline.project import Project, UserError

LOCAL = re.compile(r"local:([1-9]\d{0,3})")
ADDRESS = re.compile(r"(?:tcp|tls|ucx|ws|wss)://\S+")
PATIENCE = 300  # seconds that the first worker is waited for, such as one that queues at Slurm


def address_of(text: str) -> str:
    """What `--scheduler` and `--cluster` take: the address of a scheduler, or how many processes to begin here.

    Examples
    --------
    >>> address_of("local:4"), address_of("tcp://10.0.0.1:8786")
    ('local:4', 'tcp://10.0.0.1:8786')

    Raises
    ------
    UserError
        For anything else.
    """
    if LOCAL.fullmatch(text) or ADDRESS.fullmatch(text):
        return text
    raise UserError(
        f"{text!r} is no Dask scheduler: write its address (tcp://host:8786), or local:4 for 4 processes here"
    )


def workers_at(text: str, workers: int) -> int:
    """How many tasks are handed out at a time: one for each process that is begun here, else what `-n` says."""
    found = LOCAL.fullmatch(text)
    return int(found[1]) if found else workers


@contextlib.contextmanager
def executor_at(text: str, project: Project) -> Iterator[Executor]:
    """Who executes the tasks of a run: the workers of a scheduler, as they see the project's folder or do not.

    Raises
    ------
    UserError
        If the scheduler cannot be reached, no worker comes, or some of its workers see the folder and others do not.
    """
    from distributed import Client, LocalCluster

    from pipeline.cluster.parcels import Afar

    with contextlib.ExitStack() as open_:
        found = LOCAL.fullmatch(text)
        given: dict[str, Any] = {"n_workers": int(found[1]) if found else 0, "threads_per_worker": 1}
        cluster = open_.enter_context(LocalCluster(dashboard_address=None, **given)) if found else text
        try:
            client = open_.enter_context(Client(cluster))
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError) as error:
            raise UserError(f"no worker of the Dask scheduler {text} can be reached: {error}") from None
        if sees_folder(client, project.root):
            yield open_.enter_context(client.get_executor(pure=False))
        else:
            yield open_.enter_context(Afar(client, project.root))


def sees_folder(client: Any, root: Path) -> bool:
    """Whether the workers of a scheduler see this folder, by a file that is put there for them.

    Raises
    ------
    UserError
        If some do and others do not.
    """
    token = secrets.token_hex(8)
    file = root / "build" / "state" / f".seen-{token}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(token, encoding="utf-8")
    try:
        seen = client.run(_reading(), file.as_posix())
    finally:
        file.unlink(missing_ok=True)
    told = {text == token for text in seen.values()}
    if len(told) > 1:
        blind = ", ".join(sorted(worker for worker, text in seen.items() if text != token)[:3])
        raise UserError(f"some workers see {root} and others do not ({blind}); start them all alike")
    return told == {True}


def _reading() -> Callable[[str], str]:
    """A function that a worker can run without this project: it goes there with its code."""

    def read(name: str) -> str:
        try:
            with open(name, encoding="utf-8") as stream:  # noqa: PTH123 (nothing but Python itself is there)
                return stream.read()
        except OSError:
            return ""

    read.__module__ = "__main__"
    return read


def on_worker(function: Callable, arguments: dict[str, Any]) -> Any:
    """Run the function of a task in a worker that sees the folder, with a server that its kernels are forked from."""
    from pipeline.kernels.server import keep_server

    keep_server()
    return function(**arguments)
