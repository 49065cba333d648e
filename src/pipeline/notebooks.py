"""Run one notebook with Papermill: parameters checked first, a good output kept, a failure named by its cell."""

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis import media
from pipeline.files import write_whole
from pipeline.secrets import hide_within

IMPORTING = 3  # cells: parameters, the injected ones, imports
ACCEPTS = {"str": str, "int": int, "float": (int, float), "bool": bool, "list[str]": list, "None": object}


class NotebookError(Exception):
    """A notebook could not be run, with what, where and what to do.

    `unattended` is what a machine says of it, in mails and in `status.json`: without the text of what was raised, for
    an error may quote the data.
    """

    def __init__(self, message: str, *, unattended: str = ""):
        super().__init__(message)
        self.unattended = unattended or message


def declared_parameters(notebook: Any) -> dict:
    """Names and types of the cell tagged `parameters` (an open notebook node)."""
    from copy import deepcopy

    from papermill.inspection import _infer_parameters

    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    if not any("parameters" in cell.metadata.tags for cell in notebook.cells):
        raise NotebookError(
            "no cell is tagged 'parameters' in its metadata (a `#| tags:` comment is not seen by Papermill): "
            "add the tag in JupyterLab's property inspector"
        )
    found = _infer_parameters(notebook, name="python3", language="python")
    return {parameter.name: parameter.inferred_type_name for parameter in found}


def check_parameters(notebook: Any, given: dict, *, name: str) -> None:
    """Refuse a parameter that the notebook does not declare, lacks, or declares with another type."""
    from difflib import get_close_matches

    declared = declared_parameters(notebook)
    problems = []
    for key, value in given.items():
        if key not in declared:
            near = get_close_matches(key, declared, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it declares {', '.join(sorted(declared))}"
            problems.append(f"unknown parameter {key!r}{hint}")
        elif not _fits(value, declared[key]):
            problems.append(f"parameter {key!r} is {type(value).__name__}, expected {declared[key]}")
    problems += [f"parameter {key!r} is not given" for key in ("study", "report") if key not in given]
    if problems:
        raise NotebookError(f"notebook {name}: " + "; ".join(problems))


def _fits(value, type_name: str) -> bool:
    wanted = ACCEPTS.get(type_name, object)
    return isinstance(value, wanted) and not (isinstance(value, bool) and type_name in {"int", "float"})  # type: ignore[arg-type]


def run(
    source: Path,
    target: Path,
    *,
    parameters: dict,
    folder: Path,
    cell_timeout: int = 600,
    environment: Mapping[str, str] | None = None,
    imports: Sequence[str] = (),
) -> dict[str, float]:
    """Execute `source` with `parameters` into `target`.

    The output appears under its name only when every cell ran. A failed run is kept beside it as
    ``NAME.failed.ipynb`` for reading, and what an earlier run produced stays as it was.

    Parameters
    ----------
    source, target : Path
        The notebook, and where the executed copy goes.
    parameters : dict
        Values for the cell tagged `parameters`; checked against it before a kernel starts.
    folder : Path
        Working directory of the kernel.
    cell_timeout : int
        Seconds after which a cell is taken to hang.
    environment : mapping of str to str, optional
        Variables that the kernel has beside those of this process.
    imports : sequence of str, optional
        Modules that a forked kernel has from the beginning.

    Returns
    -------
    dict of str to float
        Seconds until the kernel was there, in its first and in its other cells, and for writing what came of it.
    """
    import nbformat

    from pipeline.kernels.manager import PrivateKernelManager

    notebook = nbformat.read(source, as_version=4)
    check_parameters(notebook, parameters, name=source.stem)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial, failed = target.with_suffix(".partial.ipynb"), target.with_suffix(".failed.ipynb")
    failed.unlink(missing_ok=True)
    began = time.time()
    manager = PrivateKernelManager.such(environment or {}, imports=imports)
    try:
        executed = _execute(source, partial, parameters, folder, cell_timeout, manager)
    except Exception as error:
        if partial.exists():
            write_whole(failed, _without_secrets(partial, folder))
            partial.unlink()
        raise _explained(error, source.stem, failed) from None
    spent = _times(executed, began)
    ended = time.time()
    _strip(executed)
    nbformat.write(executed, partial)
    partial.replace(target)
    return {**spent, "writing": round(time.time() - ended, 3)}


def _without_secrets(file: Path, root: Path) -> str:
    """An executed notebook, its code, outputs and tracebacks without the secrets in use."""
    return json.dumps(
        hide_within(json.loads(file.read_text(encoding="utf-8")), root), ensure_ascii=False, indent=1
    )


def _times(notebook, began: float) -> dict[str, float]:
    """Where the time of a notebook went, from what the kernel said of each cell; imports are in the first that ran."""
    spans = [
        (_moment(times["iopub.execute_input"]), _moment(times["shell.execute_reply"]))
        for times in (
            cell.metadata.get("execution", {}) for cell in notebook.cells if cell.cell_type == "code"
        )
        if "shell.execute_reply" in times and "iopub.execute_input" in times
    ]
    if not spans:
        return {}
    lengths = [max(0.0, end - start) for start, end in spans]
    imports = sum(lengths[:IMPORTING])
    return {
        "start": round(max(0.0, spans[0][0] - began), 3),
        "imports": round(imports, 3),
        "cells": round(sum(lengths) - imports, 3),
    }


def _moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _execute(source: Path, partial: Path, parameters: dict, folder: Path, cell_timeout: int, manager: type):
    """Papermill, with one retry for a kernel that died before its first cell."""
    import papermill
    from nbclient.exceptions import DeadKernelError

    def attempt():
        return papermill.execute_notebook(
            source,
            partial,
            parameters,
            kernel_name="python3",
            language="python",
            kernel_manager_class=manager,
            execution_timeout=cell_timeout,
            start_timeout=120,
            progress_bar=False,
            request_save_on_cell_execute=False,
            record_timing=True,
            resources={"metadata": {"path": os.fspath(folder)}},
        )

    try:
        return attempt()
    except (DeadKernelError, RuntimeError):
        if partial.exists():
            raise
        return attempt()


def _explained(error: Exception, name: str, failed: Path) -> NotebookError:
    """One paragraph for the researcher: which cell, its first line, what went wrong, where to look."""
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, DeadKernelError):
        return NotebookError(
            f"notebook {name} stopped: DeadKernelError: its kernel was ended from outside or gave up: most often "
            "memory was short"
        )
    if not isinstance(error, PapermillExecutionError):
        return NotebookError(f"notebook {name} stopped: {type(error).__name__}: {error}")
    first = next((line for line in error.source.splitlines() if line.strip()), "").strip()
    where = f"notebook {name}, cell {error.cell_index + 1} ({first!r}): {error.ename}"
    seen = f"The notebook as far as it ran: {failed}"
    return NotebookError(f"{where}: {error.evalue}\n{seen}", unattended=f"{where}\n{seen}")


def _strip(notebook) -> None:
    """Remove what must not travel with a report: paths, times and the second copy of the parameters."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]


def published_results(executed: Path) -> list[dict]:
    """The rows of the results table that a notebook published, in the order of its cells."""
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    rows = []
    for cell in cells:
        for output in cell.get("outputs", []):
            rows += json.loads(output.get("data", {}).get(media.RESULTS, {"rows": "[]"})["rows"])
    for row in rows:
        value = row["value"]
        row["value"] = None if isinstance(value, float) and not math.isfinite(value) else value
    return rows
