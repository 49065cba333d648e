"""Processes that do not outlive the one that started them, in time, memory or existence."""

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.ending import LimitReached, is_told
from pipeline.project import UserError

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
SHORT_OF_MEMORY = (
    "out of memory",
    "memoryerror",
    "heap exhausted",
    "cannot allocate memory",
    "bad_alloc",
    "memory allocation",
)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Ask the system to kill this process when its parent goes, however that ends; Linux only."""
    if _libc is not None:
        _libc.prctl(DEATH_SIGNAL, signal.SIGKILL)


def limit_memory(size: int) -> None:
    """Let this process hold at most so many bytes of data of its own; 0 is no limit."""
    if size and sys.platform == "linux":
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def run(
    command: list,
    *,
    limit: float,
    memory: int,
    cwd: Path | None = None,
    env: dict | None = None,
    **given: Any,
) -> subprocess.CompletedProcess[str]:
    """`subprocess.run` for programs that render: as text, ended with this process, within limits of time and memory.

    Parameters
    ----------
    command : list
        The program and its words.
    limit : float
        Seconds.
    memory : int
        Bytes of data that the program, and each one that it starts, may hold; 0 is no limit.
    cwd, env, **given
        As for `subprocess.Popen`.

    Raises
    ------
    LimitReached
        If the program takes longer or needs more, or was ended from outside; it and what it started are ended.
    """
    name = Path(command[0]).name
    with (
        _ended_with_us(memory) as join,
        subprocess.Popen(
            [os.fspath(word) for word in command],
            cwd=cwd,
            env=env,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=join,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **given},
        ) as process,
    ):
        try:
            out, err = process.communicate(timeout=limit)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise LimitReached(f"{name} took longer than the limit of {limit:g} seconds") from None
            raise
    if process.returncode < 0:
        raise LimitReached(f"{name} was ended from outside or gave up: most often memory was short")
    if process.returncode and any(sign in f"{out}{err}".lower() for sign in SHORT_OF_MEMORY):
        raise LimitReached(f"{name} needs more memory than the limit allows (memory_limit in operation.toml)")
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def apart(work: Callable[[], Any], *, about: str, limit: float, memory: int) -> Any:
    """Do some work in a process forked for it, within limits; in this one where none can be forked.

    Parameters
    ----------
    work : callable
        What it returns can be pickled.
    about : str
        What it does, for the message.
    limit : float
        Seconds; 0 is no limit.
    memory : int
        Bytes of data that the process may hold; 0 is no limit.

    Returns
    -------
    object
        What the work returns.

    Raises
    ------
    LimitReached
        If a limit was reached, or the process was ended from outside. What the work raises is raised here.
    """
    if _libc is None:
        return work()
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_work_apart, args=(work, theirs, limit, memory)
    )
    process.start()
    theirs.close()
    try:
        done, answer = ours.recv()
    except EOFError:
        process.join()
        if process.exitcode == -signal.SIGALRM:
            raise LimitReached(f"{about} took longer than the limit of {limit:g} seconds") from None
        raise LimitReached(
            f"the process of {about} was ended from outside or gave up: most often memory was short, or a file holds "
            "far more cells than it shows"
        ) from None
    finally:
        process.kill()
        process.join()
    if done:
        return answer
    if isinstance(answer, MemoryError):
        raise LimitReached(f"{about} needs more memory than the limit allows")
    raise answer


def _work_apart(work: Callable[[], Any], door: Any, limit: float, memory: int) -> None:
    die_with_parent()
    limit_memory(memory)
    signal.setitimer(signal.ITIMER_REAL, limit)  # nobody catches the alarm: the system ends the process
    try:
        answer = True, work()
    except Exception as error:
        answer = False, error if _travels(error) else _in_words(error)
    door.send(answer)


def _travels(error: Exception) -> bool:
    """Whether an error arrives in another process as it is; some cannot be made from their own words."""
    try:
        arrived = pickle.loads(pickle.dumps(error))
    except Exception:
        return False
    return (type(arrived), str(arrived)) == (type(error), str(error))


def _in_words(error: Exception) -> Exception:
    """The same in words: of one that a user can understand the message, of a fault of this project its kind, too."""
    return UserError(str(error)) if is_told(error) else RuntimeError(f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def _ended_with_us(memory: int) -> Iterator[Callable[[], None] | None]:
    """What a program does before it begins, so that it and what it starts in turn end with this process, and each of
    them holds no more than so many bytes.

    The death signal reaches the program itself, not what it has started: a shell, there before the program, waits for
    the end of its input, which is ours too, and then ends all of the group that the program has named to it.
    """
    if _libc is None:
        yield None
        return
    script = 'read -r group; read -r done; case $group$done in *[!0-9]*|"") ;; *) kill -9 -"$group" ;; esac'
    ours, told = os.pipe()
    watch = subprocess.Popen(
        ["/bin/sh", "-c", script],
        stdin=ours,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(ours)

    def join() -> None:
        die_with_parent()
        os.write(told, b"%d\n" % os.getpid())
        limit_memory(memory)

    try:
        yield join
    finally:
        with contextlib.suppress(OSError):
            os.write(told, b"done\n")
        os.close(told)
        watch.wait()
