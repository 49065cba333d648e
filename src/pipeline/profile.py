"""`study profile`: where the time of the last runs went."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from pipeline.files import read_json
from pipeline.project import Project
from pipeline.watch import LAST_RUN, times_of

WIDTH = 80
INDENT = " " * 12


def lines(project: Project, studies: Sequence[str], *, most: int) -> Iterator[str]:
    """The last run as a whole, the longest tasks with their phases, and what each kind of task took together.

    Parameters
    ----------
    project : Project
    studies : sequence of str
        Studies whose tasks are shown.
    most : int
        How many tasks.
    """
    times = times_of(project)
    known = {name: spent for name, spent in times.items() if name.split("/")[0] in studies or "/" not in name}
    if not known:
        yield "Nothing was rendered yet: run `study render`."
        return
    yield from _whole(project)
    for name, spent in sorted(known.items(), key=lambda entry: -entry[1])[:most]:
        yield f"{spent:8.1f} s  {name}"
        told = (f"{phase} {seconds:.1f}" for phase, seconds in _phases(project, name).items())
        yield from wrap(", ".join(told), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    yield ""
    kinds: dict[str, list[float]] = {}
    for name, spent in known.items():
        kinds.setdefault(_kind(name), []).append(spent)
    for kind, every in sorted(kinds.items(), key=lambda entry: -sum(entry[1])):
        yield f"{sum(every):8.1f} s  in {len(every)} x {kind}"


def _whole(project: Project) -> Iterator[str]:
    """The last run in which anything was looked at task by task; nothing where that is not known."""
    spent = read_json(project.build / "state" / LAST_RUN) or {}
    if all(isinstance(spent.get(key), int | float) for key in ("ahead", "tasks", "workers")):
        at_a_time = f"{spent['workers']:.0f} at a time"
        yield f"{spent['ahead'] + spent['tasks']:8.1f} s  the last run, as the clock on the wall goes:"
        yield f"{INDENT}snapshot and plan {spent['ahead']:.1f}, tasks {spent['tasks']:.1f} ({at_a_time})"
        yield ""


def _kind(name: str) -> str:
    last = name.rpartition(": ")[2]
    return {
        "datasets": "reading and deriving datasets",
        "report": "rendering and publishing",
        "index": "index",
    }.get(last, "notebook")


def _phases(project: Project, name: str) -> dict[str, float]:
    place, found, task = name.partition(": ")
    if not found:
        return {}
    spent = read_json(project.build / place / "times" / f"{task}.json") or {}
    return {phase: value for phase, value in spent.items() if isinstance(value, int | float)}
