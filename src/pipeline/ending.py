"""How a command ends: the exit codes, and the errors that carry them."""

from enum import IntEnum

from pipeline.project import UserError


class Code(IntEnum):
    """What the exit code of ``study`` tells whoever called it."""

    DONE = 0
    FAILED = 1
    MISTAKE = 2
    BLOCKED_BY_DATA = 3
    BLOCKED_BY_DISCLOSURE = 4
    LOCKED = 5
    CHANGING = 6
    LIMIT = 7
    NO_SPACE = 8
    UNCHANGED = 10


MEANING = {
    Code.DONE: "done",
    Code.FAILED: "failed",
    Code.MISTAKE: "mistake",
    Code.BLOCKED_BY_DATA: "blocked by data",
    Code.BLOCKED_BY_DISCLOSURE: "blocked by disclosure",
    Code.LOCKED: "locked by another run",
    Code.CHANGING: "input still changing",
    Code.LIMIT: "limit reached",
    Code.NO_SPACE: "no space left",
    Code.UNCHANGED: "unchanged",
}


THREADS = "study-task"  # the threads of tasks, by the beginning of their names


class Ending(UserError):  # noqa: N818 (to be locked out is nobody's error)
    """An error with an exit code of its own."""

    code = Code.FAILED


class LockError(UserError):
    """A report that its data lock, or the state asked for in its file, does not allow."""


class Locked(Ending):
    """Another run holds the site."""

    code = Code.LOCKED


class StillChanging(Ending):
    """An input, or the code, was written to while it was being used."""

    code = Code.CHANGING


class BlockedByData(Ending):
    """The data are not fit to be published as they are."""

    code = Code.BLOCKED_BY_DATA


class BlockedByDisclosure(Ending):
    """A page would tell more of a patient than its readers may know."""

    code = Code.BLOCKED_BY_DISCLOSURE


class LimitReached(Ending):
    """Time, memory or size ran over the limit that is set for it."""

    code = Code.LIMIT


# errors of other packages that say what, where and what to do, by name: most commands end without importing them
TOLD = ("StudyFileError", "NotebookError", "RenderError", "SourceError", "CallError")
SIGNS = (
    (Code.NO_SPACE, ("[Errno 28]", "No space left on device", "[Errno 122]")),
    (Code.LIMIT, ("MemoryError", "CellTimeoutError", "longer than the limit", "ended from outside")),
)


def code_of(error: BaseException) -> Code:
    """The exit code of an error, also of one that comes as text from another process."""
    from pipeline.files import is_full

    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Ending):
            return seen.code
        seen = seen.__cause__
    if is_full(error):
        return Code.NO_SPACE
    said = f"{type(error).__name__}: {error}"
    for code, signs in SIGNS:
        if any(sign in said for sign in signs):
            return code
    return Code.FAILED


def is_told(error: Exception) -> bool:
    """Whether an error is one that its user can understand; any other is a fault of this project."""
    return isinstance(error, UserError) or type(error).__name__ in TOLD
