"""What no single section can know: that the sections of a study file fit together."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from analysis.columns import TABLES, Column, nearest
from analysis.references import no_such
from analysis.study.catalogue import Catalogue
from analysis.study.hypotheses import hypothesis_findings
from analysis.study.lookup import settings_findings, unknown_names
from analysis.study.mapping import Block, ColumnMap, Result
from analysis.study.model import Analysis, Study
from analysis.study.sections import Variable, Visit
from analysis.study.source_keys import source_findings

Finding = tuple[tuple, str]


def study_findings(study: Study, catalogue: Catalogue) -> Iterator[Finding]:
    """Every contradiction between the sections of a study file, and every name of nothing: place and message."""
    yield from unknown_names(study, catalogue)
    yield from _doubles(study)
    yield from _visits(study)
    yield from source_findings(study)
    yield from _tables(study, catalogue)
    yield from _groups_and_populations(study, catalogue)
    yield from _sites(study)
    yield from _endpoints(study, catalogue)
    yield from _responses(study, catalogue)
    yield from hypothesis_findings(study)
    yield from ((("settings", *place), text) for place, text in study.settings.findings(study))


def analysis_findings(analysis: Analysis, catalogue: Catalogue) -> Iterator[Finding]:
    """Every contradiction between a report's file and its study, and every name of nothing."""
    study = catalogue.study
    yield from unknown_names(analysis, catalogue)
    if analysis.report == "final" and (analysis.data_cut or analysis.through_visit):
        yield ("report",), "a final report takes all data; leave out data_cut and through_visit"
    if study.period and analysis.data_cut and analysis.data_cut < study.period.start:
        yield ("data_cut",), "lies before the study's start"
    yield from _headline(analysis)
    for name in _repeated(notebook.name for notebook in analysis.notebooks):
        yield ("notebooks",), f"notebook '{name}' is listed twice"


def _headline(analysis: Analysis) -> Iterator[Finding]:
    """The figure of the first screen comes from a notebook of the report; its numbers are ids of results."""
    if figure := analysis.headline.figure:
        known = [notebook.name for notebook in analysis.notebooks]
        if (name := figure.partition("#")[0]) not in known:
            yield ("headline", "figure"), no_such("notebook of this report", name, known)
    for n, number in enumerate(analysis.headline.numbers):
        if len(parts := number.result.split(".")) != 6 or not all(parts):
            message = "is no id of a result, such as change_mean.fas.cdai.w24.all.estimate"
            yield ("headline", "numbers", n, "result"), f"'{number.result}' {message}"


def _sites(study: Study) -> Iterator[Finding]:
    """Results that sites are compared by are named by ids; that no result has an id is told when they are looked up."""
    for n, name in enumerate(study.sites.compared if study.sites else ()):
        if len(parts := name.split(".")) != 6 or not all(parts):
            message = "is no id of a result, such as change_mean.fas.cdai.w24.all.estimate"
            yield ("sites", "compared", n), f"'{name}' {message}"


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
    for n, visit in enumerate(study.visits):
        if study.visit_by == "window" and (visit.window is None or visit.target_day is None):
            yield ("visits", n), f"visit {visit.id} needs target_day and window, as visit_by is window"
        yield from ((("visits", n, "window"), text) for text in _zero_day(visit))
    weeks = [(n, visit.id, visit.week) for n, visit in enumerate(study.visits) if visit.week is not None]
    for (_, name, before), (n, _, week) in pairwise(weeks):
        if week < before:
            yield ("visits", n, "week"), f"lies before {name}; list the visits in order of time"
    timed = [(n, visit.id, visit.window) for n, visit in enumerate(study.visits) if visit.window]
    for (_, name, earlier), (n, _, window) in pairwise(timed):
        if window[0] <= earlier[1]:
            yield ("visits", n, "window"), f"overlaps the window of {name} or is out of order"


def _zero_day(visit: Visit) -> Iterator[str]:
    """Day 0 does not exist: day 1 is baseline, the day before is day -1."""
    if 0 in (visit.window or []) or visit.target_day == 0:
        yield "there is no day 0: day 1 is baseline, the day before it is day -1"


def _tables(study: Study, catalogue: Catalogue) -> Iterator[Finding]:
    """Tidy columns, codes and units of the mapping."""
    if "subjects" not in study.tables:
        yield ("tables",), "the table `subjects` is missing"
    for table, blocks in study.tables.items():
        if table not in study.table_names():
            continue
        for n, block in enumerate(blocks):
            place = ("tables", table, n)
            if block.join and n == 0:
                yield (*place, "join"), "the first block of a table has nothing to join to"
            yield from _block(catalogue, table, block, place)
    for name, variable in study.variables.items():
        if name in TABLES.get(variable.table, {}):
            yield (
                ("variables", name),
                f"is already a column of {variable.table}; map it, or choose another name",
            )


def _block(catalogue: Catalogue, table: str, block: Block, place: tuple) -> Iterator[Finding]:
    """Tidy names, units and codes of one block."""
    known = catalogue.study.columns(table)
    mapped = block.mapped()
    for name, mapping in mapped.items():
        where = (*place, *block.place_of(name))
        if name not in known:
            yield where, no_such(f"column of {table}", name, known)
        else:
            yield from ((where, text) for text in _cells(catalogue, table, known[name], mapping))
    for name, mapping in mapped.items():
        yield from (((*place, *block.place_of(name)), text) for text in _without_effect(mapping))
    if "subject_id" not in mapped:
        yield place, "needs a mapping of subject_id"
    for analyte, result in block.results.items():
        yield from (((*place, "results", analyte), text) for text in _result_unit(catalogue, analyte, result))


def _without_effect(mapping: ColumnMap) -> Iterator[str]:
    """Keys that do nothing beside the others."""
    if mapping.unless_ticked and not mapping.count:
        yield "unless_ticked has no effect without count"
    if mapping.value is not None:
        idle = [
            key for key in ("codes", "missing", "unit", "unit_column", "date_order") if getattr(mapping, key)
        ]
        yield from (f"{key} has no effect beside value, which is taken as it stands" for key in idle)


def _cells(catalogue: Catalogue, table: str, column: Column, mapping: ColumnMap) -> Iterator[str]:
    """Codes and units that cannot end in the declared column."""
    from analysis.columns.units import factor, known_units

    yield from _coded_names(catalogue, table, column, mapping)
    yield from _coded_truth(column, mapping)
    if (table, column.name) == ("treatments", "frequency"):
        yield from _coded_frequency(mapping)
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


CODED = {  # columns whose values are names that the project knows
    ("labs", "analyte"): "known analyte",
    ("labs", "visit_id"): "visit of a row",
    ("visits", "visit_id"): "visit of a row",
    ("doses", "visit_id"): "visit of a row",
    ("doses", "drug"): "drug",
    ("treatments", "drug"): "drug",
    ("treatments", "class"): "drug class",
    ("treatments", "moa"): "mechanism",
}


def _coded_names(catalogue: Catalogue, table: str, column: Column, mapping: ColumnMap) -> Iterator[str]:
    """Codes of columns that hold names: an analyte, a visit, a drug."""
    kind = CODED.get((table, column.name))
    given = [*(mapping.codes or {}).values(), *([mapping.value] if mapping.value else [])]
    known = catalogue.known(kind) if kind else None
    if kind and known is not None:
        yield from (no_such(kind, value, known) for value in given if value not in known)


def _coded_truth(column: Column, mapping: ColumnMap) -> Iterator[str]:
    """Codes of a yes/no column must end in a word for one of both."""
    from analysis.read.text import FALSE_WORDS, TRUE_WORDS

    for code, value in (mapping.codes or {}).items():
        if column.type == "boolean" and value.lower() not in TRUE_WORDS | FALSE_WORDS:
            yield f"code {code}: '{value}' is neither yes nor no{nearest(value, ('yes', 'no'))}"


def _coded_frequency(mapping: ColumnMap) -> Iterator[str]:
    """Codes of a frequency must end in words that say how often, that it was once, or that it is not fixed."""
    from analysis.drugs import is_frequency

    for code, value in (mapping.codes or {}).items():
        if not is_frequency(value):
            yield f"code {code}: '{value}' does not say how often; write it as twice daily, every 2 weeks, once or prn"


def _result_unit(catalogue: Catalogue, analyte: str, result: Result) -> Iterator[str]:
    """Units of results that stand in a column of their own."""
    from analysis.columns import ANALYTES
    from analysis.columns.units import canonical, known_units

    declared = analyte in ANALYTES or analyte in catalogue.study.analytes
    if declared and result.unit and canonical(result.unit) is None:
        yield no_such("unit", result.unit, known_units())


def _groups_and_populations(study: Study, catalogue: Catalogue) -> Iterator[Finding]:
    """Groups are values their column can have; what a population needs is there."""
    if study.groups and study.groups.variable in study.columns("subjects"):
        values = catalogue.known(f"subjects.{study.groups.variable}")
        for n, name in enumerate(study.groups.order):
            if values is not None and name not in values:
                yield ("groups", "order", n), no_such(f"value of {study.groups.variable}", name, values)
    for name, population in study.populations.items():
        if population.rule == "per_protocol" and population.deviations and "deviations" not in study.tables:
            text = "needs the table `deviations`; map it, or leave nobody out for them by `deviations: []`"
            yield ("populations", name, "rule"), text
        if population.rule != "per_protocol" and "deviations" in population.model_fields_set:
            yield ("populations", name, "deviations"), f"has no effect with the rule {population.rule}"


def _endpoints(study: Study, catalogue: Catalogue) -> Iterator[Finding]:
    """Endpoints name variables of their table, in its unit and direction, and visits after baseline."""
    for section in ("endpoints", "responses"):
        for n, item in enumerate(getattr(study, section)):
            if study.baseline_visit in item.visits:
                yield (section, n, "visits"), "lists the baseline visit; list the visits compared with it"
    for n, endpoint in enumerate(study.endpoints):
        kind = "score" if endpoint.table == "scores" else "variable of visits"
        known = catalogue.known(kind) or ()
        if endpoint.variable not in known:
            yield ("endpoints", n, "variable"), _no_such_endpoint(kind, endpoint.variable, catalogue)
            continue
        better, unit = catalogue.direction_and_unit(endpoint.variable, scored=endpoint.table == "scores")
        if None not in (better, endpoint.higher_is_better) and better != endpoint.higher_is_better:
            text = f"contradicts the declaration of {endpoint.variable}"
            yield ("endpoints", n, "higher_is_better"), text
        if endpoint.unit and unit is not None and endpoint.unit != unit:
            has = f"is in {unit}" if unit else "has no unit"
            yield ("endpoints", n, "unit"), f"'{endpoint.unit}' is not its unit: {endpoint.variable} {has}"
    for name in study.ranges:
        every = [column for table in study.table_names() for column in study.columns(table)]
        if name not in every:
            yield ("ranges", name), no_such("column of any table", name, every)
    for name, variable in study.variables.items():
        for value in variable.labels:
            if not _can_have(variable, value):
                yield ("variables", name, "labels", value), f"is no value that {name} can have"


def _no_such_endpoint(kind: str, name: str, catalogue: Catalogue) -> str:
    """What is said of an endpoint that its table does not have: the other table, where that has it."""
    if kind != "score" and name in (catalogue.known("score") or ()):
        return f"{name} is a score; write `table: scores` beside it"
    if kind == "score" and name in (catalogue.known("variable of visits") or ()):
        return f"{name} is a variable of visits, not a score; leave out `table: scores`"
    return no_such(kind, name, catalogue.known(kind) or ())


def _can_have(variable: Variable, value: str) -> bool:
    """Whether a value (written as text) is among those a variable is declared to have."""
    if variable.allowed:
        return value in variable.allowed
    try:
        number = float(value)
    except ValueError:
        return variable.type in ("str", "category")
    return variable.range is None or variable.range[0] <= number <= variable.range[1]


def _responses(study: Study, catalogue: Catalogue) -> Iterator[Finding]:
    """The settings of every response, checked against the rule it names."""
    from analysis.responses import RULES

    for n, response in enumerate(study.responses):
        if response.rule in RULES:
            found = list(settings_findings(RULES[response.rule], response.settings, catalogue))
            found += [] if found else [((), text) for text in catalogue.try_response(response)]
            yield from ((("responses", n, "settings", *place), text) for place, text in found)
