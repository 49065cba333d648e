"""`study profile`: where the time of the last runs went."""

from collections.abc import Iterator, Sequence

from pipeline.files import read_json
from pipeline.project import Project
from pipeline.watch import times_of

PHASES = ("start", "imports", "cells", "writing")
HEAD = f"{'seconds':>8} {'start':>7} {'imports':>7} {'cells':>7} {'writing':>7}  task"


def lines(project: Project, studies: Sequence[str], *, most: int) -> Iterator[str]:
    """The longest tasks with their phases, and what each kind of task took together.

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
    yield HEAD
    for name, spent in sorted(known.items(), key=lambda entry: -entry[1])[:most]:
        phases = _phases(project, name)
        cells = " ".join(f"{phases[phase]:7.2f}" if phase in phases else f"{'':7}" for phase in PHASES)
        yield f"{spent:8.2f} {cells}  {name}"
    yield ""
    kinds: dict[str, list[float]] = {}
    for name, spent in known.items():
        kinds.setdefault(_kind(name), []).append(spent)
    for kind, every in sorted(kinds.items(), key=lambda entry: -sum(entry[1])):
        yield f"{sum(every):8.2f} s in {len(every)} x {kind}"


def _kind(name: str) -> str:
    last = name.rpartition(": ")[2]
    return {
        "datasets": "reading and deriving datasets",
        "report": "rendering and publishing",
        "index": "index",
    }.get(last, "notebook")


def _phases(project: Project, name: str) -> dict[str, float]:
    place, found, task = name.partition(": ")
    if not found or task in ("datasets", "report"):
        return {}
    spent = read_json(project.build / place / "times" / f"{task}.json") or {}
    return {phase: value for phase, value in spent.items() if isinstance(value, int | float)}
