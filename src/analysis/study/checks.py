"""What no single section can know: that the sections of a study file fit together."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from analysis.columns import TABLES, nearest
from analysis.study.hypotheses import hypothesis_findings
from analysis.study.model import Analysis, Study
from analysis.study.sections import Visit

Finding = tuple[tuple, str]


def study_findings(study: Study) -> Iterator[Finding]:
    """Every contradiction between the sections of a study file: place and message."""
    yield from _doubles(study)
    yield from _visits(study)
    yield from _tables(study)
    yield from _groups_and_populations(study)
    yield from _endpoints(study)
    yield from hypothesis_findings(study)


def analysis_findings(analysis: Analysis, study: Study) -> Iterator[Finding]:
    """Every contradiction between a report's file and its study."""
    known = [visit.id for visit in study.visits]
    if analysis.through_visit and analysis.through_visit not in known:
        yield (
            ("through_visit",),
            f"no visit '{analysis.through_visit}'{nearest(analysis.through_visit, known)}",
        )
    if analysis.report == "final" and (analysis.data_cut or analysis.through_visit):
        yield ("report",), "a final report takes all data; leave out data_cut and through_visit"
    if study.period and analysis.data_cut and analysis.data_cut < study.period.start:
        yield ("data_cut",), "lies before the study's start"
    for name in _repeated(notebook.name for notebook in analysis.notebooks):
        yield ("notebooks",), f"notebook '{name}' is listed twice"


def _repeated(names) -> list[str]:
    """The names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def _doubles(study: Study) -> Iterator[Finding]:
    """Ids that are given twice."""
    for section in ("visits", "sources", "endpoints", "responses"):
        for name in _repeated(item.id for item in getattr(study, section)):
            yield (section,), f"'{name}' is declared twice"


def _visits(study: Study) -> Iterator[Finding]:
    """Baseline visit, order and overlap of windows."""
    known = [visit.id for visit in study.visits]
    if "UNS" in known:
        yield ("visits",), "UNS is kept for unscheduled visits; give this one another id"
    if study.baseline_visit not in known:
        yield ("baseline_visit",), f"no visit '{study.baseline_visit}'{nearest(study.baseline_visit, known)}"
    for n, visit in enumerate(study.visits):
        if study.visit_by == "window" and (visit.window is None or visit.target_day is None):
            yield ("visits", n), f"visit {visit.id} needs target_day and window, as visit_by is window"
        yield from ((("visits", n, "window"), text) for text in _zero_day(visit))
    timed = [(n, visit) for n, visit in enumerate(study.visits) if visit.window]
    for (_, one), (n, other) in pairwise(timed):
        if other.window[0] <= one.window[1]:
            yield ("visits", n, "window"), f"overlaps the window of {one.id} or is out of order"


def _zero_day(visit: Visit) -> Iterator[str]:
    """Day 0 does not exist: day 1 is baseline, the day before is day -1."""
    if 0 in (visit.window or []) or visit.target_day == 0:
        yield "there is no day 0: day 1 is baseline, the day before it is day -1"


def _tables(study: Study) -> Iterator[Finding]:
    """Sources, tidy columns and units of the mapping."""
    sources = [source.id for source in study.sources]
    if "subjects" not in study.tables:
        yield ("tables",), "the table `subjects` is missing"
    for table, blocks in study.tables.items():
        if table not in study.table_names():
            yield ("tables", table), f"no tidy table '{table}'{nearest(table, study.table_names())}"
            continue
        for n, block in enumerate(blocks):
            place = ("tables", table, n)
            if block.from_ not in sources:
                yield (*place, "from"), f"no source '{block.from_}'{nearest(block.from_, sources)}"
            if block.join and n == 0:
                yield (*place, "join"), "the first block of a table has nothing to join to"
            yield from _block(study, table, block, place)
    for name, variable in study.variables.items():
        if name in TABLES.get(variable.table, {}):
            yield (
                ("variables", name),
                f"is already a column of {variable.table}; map it, or choose another name",
            )


def _block(study: Study, table: str, block, place: tuple) -> Iterator[Finding]:
    """Tidy names, units and visits of one block."""
    known = study.columns(table)
    mapped = block.mapped()
    for name, mapping in mapped.items():
        where = (*place, "columns", name)
        if name not in known:
            yield where, f"no column '{name}' in table {table}{nearest(name, known)}"
        else:
            yield from ((where, text) for text in _cells(study, table, known[name], mapping))
    if "subject_id" not in mapped:
        yield place, "needs a mapping of subject_id"
    visits = [*(visit.id for visit in study.visits), "UNS"]
    for event, visit in (block.rows.events or {}).items():
        if visit not in visits:
            yield (*place, "rows", "events", event), f"no visit '{visit}'{nearest(visit, visits)}"
    for analyte in block.results:
        yield from _analyte(study, analyte, (*place, "results", analyte))


def _cells(study: Study, table: str, column, mapping) -> Iterator[str]:
    """Codes and units that cannot end in the declared column."""
    from analysis.columns.units import factor, known_units

    if column.allowed and mapping.codes:
        for code, value in mapping.codes.items():
            if value not in column.allowed:
                yield f"code {code}: '{value}' is not allowed{nearest(value, column.allowed)}"
    if column.allowed and mapping.value is not None and mapping.value not in column.allowed:
        yield f"'{mapping.value}' is not allowed{nearest(mapping.value, column.allowed)}"
    if mapping.unit and column.unit and factor(mapping.unit, column.unit) is None:
        yield f"unit '{mapping.unit}' cannot become {column.unit}{nearest(mapping.unit, known_units())}"
    if mapping.unit and not column.unit and table != "labs":
        yield f"has no unit, so unit '{mapping.unit}' cannot be converted"


def _analyte(study: Study, analyte: str, place: tuple) -> Iterator[Finding]:
    """Analytes must be known by name."""
    from analysis.columns import ANALYTES

    known = [*ANALYTES, *study.analytes]
    if analyte not in known:
        yield place, f"no analyte '{analyte}'{nearest(analyte, known)}; declare it under `analytes`"


def _groups_and_populations(study: Study) -> Iterator[Finding]:
    """Group variable and primary population exist."""
    subjects = study.columns("subjects")
    if study.groups and study.groups.variable not in subjects:
        name = study.groups.variable
        yield ("groups", "variable"), f"no column '{name}' in subjects{nearest(name, subjects)}"
    if study.primary_population not in study.populations:
        near = nearest(study.primary_population, study.populations)
        yield ("primary_population",), f"no population '{study.primary_population}'{near}"
    for name, population in study.populations.items():
        if population.rule == "per_protocol" and population.deviations and "deviations" not in study.tables:
            text = "needs the table `deviations`; map it, or leave nobody out for them by `deviations: []`"
            yield ("populations", name, "rule"), text


def _endpoints(study: Study) -> Iterator[Finding]:
    """Endpoints, responses and the baseline table name variables and visits that exist."""
    visits = [visit.id for visit in study.visits]
    columns = study.columns("visits")
    for section in ("endpoints", "responses"):
        for n, item in enumerate(getattr(study, section)):
            for visit in item.visits:
                if visit not in visits:
                    yield (section, n, "visits"), f"no visit '{visit}'{nearest(visit, visits)}"
                if visit == study.baseline_visit:
                    yield (section, n, "visits"), "lists the baseline visit; list the visits compared with it"
    for n, endpoint in enumerate(study.endpoints):
        if endpoint.table == "visits" and endpoint.variable not in columns:
            text = f"no column '{endpoint.variable}' in visits{nearest(endpoint.variable, columns)}"
            yield ("endpoints", n, "variable"), text
        elif endpoint.table == "visits":
            declared = columns[endpoint.variable].higher_is_better
            if declared is not None and declared != endpoint.higher_is_better:
                yield (
                    ("endpoints", n, "higher_is_better"),
                    f"contradicts the declaration of {endpoint.variable}",
                )
    for name in study.ranges:
        if not any(name in study.columns(table) for table in study.table_names()):
            yield ("ranges", name), "is no column of any table"
