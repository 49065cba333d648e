"""Everything about a study that can be wrong before anything runs."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import notebooks, parameters, report_sources
from pipeline.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Analysis, Study
    from analysis.study.catalogue import Catalogue
    from pipeline.render.notebook import Cell


def check_study(project: Project, name: str) -> list[str]:
    """Problems of a study's parameters, data files, notebooks and report sources, each a line for the user."""
    return examine_study(project, name)[0]


def examine_study(project: Project, name: str) -> tuple[Any, Any]:
    """Problems of a study, each a line for the user, and what reading its data gave (None where it could not)."""
    problems, outcome = _find_problems(project, name)
    return [problem.replace(f"{project.root.as_posix()}/", "") for problem in problems], outcome


def _find_problems(project: Project, name: str):
    from analysis import read
    from analysis.study import StudyFileError

    folder = project.root / "params" / name
    try:
        study = read.study(folder / "study.yml")
    except StudyFileError as error:
        return [*map(str, error.problems)], None
    problems = [*_check_brand(project), *_missing_files(project, study), *_check_criteria(folder, study)]
    books = Notebooks(project.root / "notebooks")
    for report in project.reports(name):
        try:
            analysis = read.analysis(folder / f"{report}.yml", study)
        except StudyFileError as error:
            problems += map(str, error.problems)
            continue
        problems += _check_notebooks(project, name, analysis, study, books)
        problems += report_sources.source_findings(project.root / "reports", analysis, study, books)
        if report == "final" and study.plan_changes and not problems:
            problems += _check_plan(project, name, study, analysis)
    return (problems, None) if problems else _check_reading(project, study)


def _check_plan(project: Project, name: str, study, analysis) -> list[str]:
    """Reasons for doing otherwise than planned that belong to no difference from the locked plan."""
    from analysis import read
    from pipeline import planned
    from pipeline.ending import LockError

    try:
        plan = planned.current_plan(project, name)
    except LockError as error:
        return [str(error)]
    if plan is None:
        text = f"no plan of analysis is locked from which anything could differ; lock it with `study lock {name} --sap`"
        return [str(study.problem(("plan_changes",), text))]
    folder = project.root / "params" / name
    criteria = read.criteria(folder / study.eligibility, study=study) if study.eligibility else {}
    content = study.model_dump(mode="json", by_alias=True)
    now = planned.facts(content, analysis.model_dump(mode="json", by_alias=True), criteria)
    idle = planned.idle_reasons(planned.differences(plan.record["plan"], now, []), content["plan_changes"])
    return [str(study.problem(("plan_changes", number, "what"), text)) for number, text in idle]


def _check_brand(project: Project) -> list[str]:
    """What is wrong with the look of the house, which every report wears."""
    from analysis import read
    from analysis.study import StudyFileError

    try:
        read.brand(project.root)
    except StudyFileError as error:
        return [*map(str, error.problems)]
    return []


def _missing_files(project: Project, study) -> list[str]:
    """Data files that the study file names and that are not there."""
    from analysis.read.locate import absence

    found = ((n, absence(source, project.root)) for n, source in enumerate(study.sources))
    return [str(study.problem(("sources", n, "path"), absent)) for n, absent in found if absent]


def _check_criteria(folder: Path, study) -> list[str]:
    """The list of criteria: its rules, their settings, the names in it."""
    from analysis import read
    from analysis.study import StudyFileError

    if not study.eligibility:
        return []
    try:
        read.criteria(folder / study.eligibility, study=study)
    except StudyFileError as error:
        return [*map(str, error.problems)]
    return []


def _check_notebooks(
    project: Project, name: str, analysis: "Analysis", study: "Study", books: "Notebooks"
) -> list[str]:
    """The notebooks of a report must be there, take the parameters they are given, and name what exists."""
    from analysis.study.document import load

    document = load(project.root / "params" / name / f"{analysis.report}.yml")
    found = notebook_findings(analysis, study, books)
    return [str(document.problem(place, text)) for place, text in found]


class Notebooks:
    """The notebooks of a project, each opened once."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._held: dict[str, Any] = {}
        self._cells: dict[str, list[Cell]] = {}

    @cached_property
    def names(self) -> list[str]:
        """Their names."""
        return sorted(file.stem for file in self.folder.glob("*.ipynb"))

    def __getitem__(self, name: str) -> Any:
        """One of them, open."""
        import nbformat

        if name not in self._held:
            self._held[name] = nbformat.read(self.folder / f"{name}.ipynb", as_version=4)
        return self._held[name]

    def cells(self, name: str) -> "list[Cell]":
        """The cells of code of one, as a report sees them."""
        from pipeline.render.notebook import read_cells

        if name not in self._cells:
            self._cells[name] = read_cells(self.folder / f"{name}.ipynb", name)
        return self._cells[name]


def notebook_findings(
    analysis: "Analysis", study: "Study", books: Notebooks, catalogue: "Catalogue | None" = None
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with the notebooks of a report and with their parameters: place and message.

    Parameters
    ----------
    analysis : Analysis
        The report.
    study : Study
        Its study.
    books : Notebooks
        The notebooks there are.
    catalogue : Catalogue, optional
        What exists in the study, where it is at hand.
    """
    from analysis.references import no_such
    from analysis.study.catalogue import Catalogue

    catalogue = catalogue or Catalogue(study, criteria=study._criteria, notebooks=books.names)
    for n, entry in enumerate(analysis.notebooks):
        if entry.name not in books.names:
            yield ("notebooks", n, "name"), no_such("notebook", entry.name, books.names)
            continue
        place = ("notebooks", n, "parameters")
        given = {"study": study.id, "report": analysis.report, **entry.parameters}
        try:
            notebooks.check_parameters(books[entry.name], given, name=entry.name)
        except notebooks.NotebookError as error:
            yield place, str(error)
            continue
        found = parameters.parameter_findings(books[entry.name], entry.parameters, catalogue)
        yield from (((*place, *within), text) for within, text in found)
    yield from _headline_findings(analysis, study, books)


def _headline_findings(
    analysis: "Analysis", study: "Study", books: Notebooks
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Figures and results of the first screen that no notebook can give, by the words of study and code."""
    from analysis.references import no_such
    from pipeline.variables import used_ids

    asked = analysis.headline
    notebook, _, label = (asked.figure or "").partition("#")
    if notebook in books.names:
        labels = re.findall(r"^#\| label: (fig-[\w-]+)$", _code_of(books[notebook]), re.M)
        if label not in labels:
            yield ("headline", "figure"), no_such(f"figure in {notebook}", label, labels)
    texts: list[tuple[tuple[str | int, ...], str | None]] = [(("headline", "finding"), asked.finding)]
    texts += [
        (("headline", "caution"), asked.caution),
        (("headline", "figure_finding"), asked.figure_finding),
    ]
    texts += [(("headline", "certainty", n), text) for n, text in enumerate(asked.certainty)]
    ids = [(where, name) for where, text in texts for name in sorted(used_ids([text or ""]))]
    for n, number in enumerate(asked.numbers):
        place: tuple[str | int, ...] = ("headline", "numbers", n)
        ids.append(((*place, "result"), number.result))
        ids += [
            ((*place, key), name)
            for key in ("label", "note")
            for name in sorted(used_ids([getattr(number, key) or ""]))
        ]
    if not ids:
        return
    sayable = report_sources.Sayable(study, analysis)
    yield from ((where, text) for where, name in ids for text in sayable.result_faults(name))


def _code_of(notebook: Any) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def _check_reading(project: Project, study):
    """Read the exports, within the limits of a render: wrong files, columns, units and totals show only then."""
    from pipeline.children import apart
    from pipeline.operating import operation_of
    from pipeline.workbooks import require_modest

    operation = operation_of(project.root)
    for source in study.sources:
        if source.path:
            require_modest(project.root / source.path, operation, name=source.path)
    return apart(
        lambda: _read(project, study),
        about="reading the data",
        limit=operation.read_limit,
        memory=operation.memory,
    )


def _read(project: Project, study):
    from analysis import read

    try:
        outcome = read.tables(study, root=project.root, as_of=None)
    except (ValueError, KeyError, OSError) as error:
        return [str(error.args[0] if isinstance(error, KeyError) and error.args else error)], None
    found = list(outcome.problems)
    if not found:
        from analysis import datasets

        found = [study.problem(*told) for told in datasets.pairless_scores(outcome.tables, study=study)]
    return [str(problem) for problem in found], outcome


def read_tables_shown(outcome: "pd.Series") -> list:
    """What was read, for the terminal: rows used and set aside per source, share of known values per column."""
    from rich.table import Table

    sources = Table(
        "source", *(_number(name) for name in ("rows", "used", "set aside")), "set aside most because"
    )
    reasons = outcome.accounting.query("kind == 'set aside'").sort_values("n", ascending=False)
    why = reasons.drop_duplicates("source").set_index("source")["reason"]
    for line in outcome.sources.to_dict("records"):
        counts = (str(line[name]) for name in ("rows", "used", "set_aside"))
        sources.add_row(line["source"], *counts, why.get(line["source"], "") if line["set_aside"] else "")
    columns = Table(
        "table", "column", *(_number(name) for name in ("filled", "known", "of filled", "rejected"))
    )
    for line in outcome.columns.to_dict("records"):
        share = f"{100 * line['known'] / line['filled']:.0f} %" if line["filled"] else "-"
        counts = (str(line["filled"]), str(line["known"]), share, str(line["rejected"] or ""))  # type: ignore[assignment]
        columns.add_row(line["table"], line["column"], *counts)
    return [sources, columns]


def _number(name: str):
    """A column of numbers."""
    from rich.table import Column

    return Column(name, justify="right")
