"""What exists in a study, kind by kind: the names that a reference may be one of.

Columns count as there when a block of the study file fills them (or when they follow from some that it fills), so
that a table of what nobody collects is refused as a misspelt one is.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property

from analysis.columns import ANALYTES, TABLES
from analysis.study.model import Study
from analysis.study.sections import Response

ALWAYS = {  # columns that reading adds to whatever is filled
    "visits": ("visit_day", "visit_label", "window_status"),
    "labs": ("sample_day", "value", "censor", "lod", "unit_std", "value_std", "window_status"),
}
# What follows from recorded columns of the subjects: name -> columns that must be filled.
FOLLOWING: dict[str, tuple[str, ...]] = {
    "age": ("birth_date",),
    "bmi": ("height_cm", "weight_kg"),
    "disease_duration_years": ("dx_date",),
    "unwilling": ("willing",),
    "female": ("sex",),
    "ra_acr1987_n": tuple(name for name in TABLES["subjects"] if name.startswith("acr1987_")),
    "rf_positive": ("rf_value", "rf_uln"),
    "acpa_positive": ("acpa_value", "acpa_uln"),
    "seropositive": ("rf_value", "rf_uln", "acpa_value", "acpa_uln"),
}
OF_DIFFICULT = ("n_moa", "d2t_years")  # follow from the criterion of difficult-to-treat RA
READERS = {  # columns of visits that follow from others
    "svdh_erosion": ("svdh_erosion_r1", "svdh_erosion_r2"),
    "svdh_jsn": ("svdh_jsn_r1", "svdh_jsn_r2"),
    "gh_mm": ("ptga_mm",),
}
AT_SCREENING = {"svdh_total": ("svdh_screen_total",), "prednisone_mg_day": ("prednisone_screen_mg_day",)}
FOLLOWED_ENZYME = "enzyme_xuln"  # derived with the assessments of a study that collects the core set
OF_TREATMENTS = ("drug", "brand", "atc", "class", "moa", "is_biosimilar", "is_cn_dmard", "prednisone_mg_day")


class Catalogue:
    """The names that exist for a study, its criteria and the notebooks at hand.

    Parameters
    ----------
    study : Study
        The study file.
    criteria : mapping, optional
        Its list of criteria as read.
    notebooks : iterable of str, optional
        Names of the notebooks there are; without them a notebook's name is not looked up.
    """

    def __init__(
        self, study: Study, *, criteria: Mapping | None = None, notebooks: Iterable[str] | None = None
    ):
        self.study = study
        self.criteria = criteria if isinstance(criteria, Mapping) else {}
        self.notebooks = None if notebooks is None else list(notebooks)
        self._held: dict[str, tuple[str, ...] | None] = {}

    def known(self, kind: str) -> tuple[str, ...] | None:
        """The names of a kind that exist, in order; None where that cannot be told before the data are read.

        Raises
        ------
        KeyError
            A kind that no entry of `KINDS` explains, and that is no ``table.column``.
        """
        if kind not in self._held:
            self._held[kind] = self._find(kind)
        return self._held[kind]

    def _find(self, kind: str) -> tuple[str, ...] | None:
        if kind in KINDS:
            found = KINDS[kind](self)
            return None if found is None else tuple(dict.fromkeys(map(str, found)))
        parts = [self._values(*part.split(".")) for part in kind.split("|")]
        if any(part is None for part in parts):
            return None
        return tuple(dict.fromkeys(value for part in parts for value in part or ()))

    def _values(self, table: str, column: str) -> tuple[str, ...] | None:
        """The values a column can have: those allowed, else those the study's codes give it."""
        declared = self.study.columns(table)[column]
        if declared.allowed:
            return declared.allowed
        mapped = [m for block in self.study.tables.get(table, []) if (m := block.mapped().get(column))]
        if not mapped or any(mapping.codes is None and mapping.value is None for mapping in mapped):
            return None
        return tuple(value for m in mapped for value in (m.codes.values() if m.codes else [m.value]) if value)

    # ------------------------------------------------------------------ columns and what follows from them
    def filled(self, table: str) -> dict[str, None]:
        """The columns of a tidy table that some block fills, and those that reading adds."""
        blocks = self.study.tables.get(table, [])
        declared = self.study.columns(table)
        names = [name for block in blocks for name in block.mapped() if name in declared]
        precise = [f"{name.removesuffix('_date')}_precision" for name in names if name.endswith("_date")]
        placed = ["visit_id"] if any(block.rows.events for block in blocks) else []
        added = ALWAYS.get(table, ()) if blocks else ()
        return dict.fromkeys([*names, *(name for name in precise if name in declared), *placed, *added])

    @cached_property
    def subjects(self) -> dict[str, None]:
        """Columns of subjects that are filled or follow from those."""
        found = self.filled("subjects")
        more = [name for name, needs in FOLLOWING.items() if needs and set(needs) <= set(found)]
        dosed = ["first_dose_date", "last_dose_date"] if "doses" in self.study.tables else []
        rules = [each.get("rule") for each in self.criteria_list()]
        difficult = OF_DIFFICULT if "d2t_eular" in rules else ()
        return {**found, **dict.fromkeys([*more, *dosed, *difficult])}

    @cached_property
    def laboratory(self) -> dict[str, None]:
        """Columns of laboratory values at a visit: ``crp_mg_l``, ``crp_uln``."""
        return dict.fromkeys(self.study.laboratory_columns())

    @cached_property
    def analytes(self) -> tuple[str, ...]:
        """Analytes that the study's laboratory results can hold."""
        return self.study.analytes_collected()

    @cached_property
    def variables(self) -> dict[str, None]:
        """What a visit can have: filled columns of visits, laboratory values, and what follows from them."""
        found = {**self.filled("visits"), **self.laboratory}
        more = [name for name, needs in READERS.items() if set(needs) <= set(found)]
        screened = [name for name, needs in AT_SCREENING.items() if set(needs) <= set(self.subjects)]
        return {**found, **dict.fromkeys([*more, *screened])}

    @cached_property
    def scores(self) -> tuple[str, ...]:
        """Scores whose components the study collects."""
        from analysis.scoring.possible import possible_scores

        return tuple(dict.fromkeys([*possible_scores(self.variables), *self.study.scores]))

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Scores with states or categories."""
        from analysis.scoring.registry import INSTRUMENTS

        given = self.study.scores
        return tuple(
            name
            for name in self.scores
            if (given[name].states if name in given else INSTRUMENTS[name].category) is not None
        )

    def try_response(self, response: Response) -> list[str]:
        """What keeps a response from being judged in this study: scores and variables that nobody collects."""
        settings = tuple((name, response.settings[name]) for name in sorted(response.settings))
        found = _tried(response.rule, settings, tuple(self.known("variable") or ()), self.states)
        return [found] if found else []

    def direction_and_unit(self, variable: str, *, scored: bool) -> tuple[bool | None, str | None]:
        """Whether higher is better, and the unit, as far as they are declared; no unit is an empty text."""
        from analysis.scoring.registry import INSTRUMENTS

        if scored and variable in INSTRUMENTS:
            return INSTRUMENTS[variable].higher_is_better, INSTRUMENTS[variable].unit
        column = self.study.columns("visits").get(variable)
        return (column.higher_is_better, column.unit or "") if column else (None, None)

    def criteria_list(self) -> list[Mapping]:
        """The criteria as the study lists them."""
        listed = self.criteria.get("criteria", [])
        return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


@cache
def _tried(rule: str, settings: tuple, columns: tuple[str, ...], states: tuple[str, ...]) -> str | None:
    """`try_rule`, each combination once."""
    from analysis.responses import try_rule

    return try_rule(rule, dict(settings), columns=columns, states=states)


def _units(catalogue: Catalogue) -> list[str]:
    from analysis.columns.units import known_units

    return known_units()


def _differences(catalogue: Catalogue) -> Iterable[str]:
    from analysis.scoring.mcid import IMPORTANT_DIFFERENCES

    return IMPORTANT_DIFFERENCES


def _of_drugs(column: str) -> Callable[[Catalogue], Iterable[str]]:
    def found(catalogue: Catalogue) -> Iterable[str]:
        from analysis.drugs import entries

        own = [drug.model_dump(exclude_none=True) for drug in catalogue.study.drugs]
        return [entry[column] for entry in (*entries().values(), *own) if entry.get(column)]

    return found


def _instruments(catalogue: Catalogue) -> Iterable[str]:
    from analysis.scoring.registry import INSTRUMENTS

    return INSTRUMENTS


def _with_states(catalogue: Catalogue) -> Iterable[str]:
    from analysis.scoring.registry import INSTRUMENTS

    return [name for name, instrument in INSTRUMENTS.items() if instrument.category is not None]


def _criterion_rules(catalogue: Catalogue) -> Iterable[str]:
    from analysis.eligibility.rules import RULES

    return RULES


def _marks(catalogue: Catalogue) -> list[str]:
    """What the rules of the study's criteria mark, as ``I2.age_is_minimum``."""
    from analysis.eligibility.rules import MARKS

    listed = catalogue.criteria_list()
    return [f"{each.get('id')}.{mark}" for each in listed for mark in MARKS.get(str(each.get("rule")), ())]


def _rules(catalogue: Catalogue) -> Iterable[str]:
    from analysis.responses import RULES

    return RULES


# What exists of each kind. A kind is a word for the user: "no visit 'W4'".
KINDS: dict[str, Callable[[Catalogue], Iterable[str] | None]] = {
    "visit": lambda c: [visit.id for visit in c.study.visits],
    "source": lambda c: [source.id for source in c.study.sources],
    "endpoint": lambda c: [entry.id for entry in c.study.endpoints],
    "response": lambda c: [entry.id for entry in c.study.responses],
    "outcome": lambda c: [*(e.id for e in c.study.endpoints), *(r.id for r in c.study.responses)],
    "population": lambda c: c.study.populations,
    "group": lambda c: c.study.groups.order if c.study.groups else (),
    "table": lambda c: c.study.table_names(),
    "criterion": lambda c: [str(each.get("id")) for each in c.criteria_list()],
    "variant": lambda c: c.criteria.get("sensitivity") or {},
    "known analyte": lambda c: [*ANALYTES, *c.study.analytes],
    "visit of a row": lambda c: [*(visit.id for visit in c.study.visits), "UNS"],
    "variable of visits": lambda c: c.variables,
    "score": lambda c: c.scores,
    "score with states": lambda c: c.states,
    "instrument": _instruments,
    "instrument with states": _with_states,
    "score with disease states": lambda c: [n for n in c.states if n.startswith(("das28", "cdai", "sdai"))],
    "variable": lambda c: {**c.variables, **dict.fromkeys(c.scores)},
    "variable over visits": lambda c: {**c.variables, **dict.fromkeys([*c.scores, FOLLOWED_ENZYME])},
    "characteristic": lambda c: {**c.subjects, **c.variables, **dict.fromkeys(c.scores)},
    "column of subjects": lambda c: {**c.study.columns("subjects"), **c.subjects},
    "column of visits": lambda c: {**c.study.columns("visits"), **c.variables, **dict.fromkeys(c.scores)},
    "column of treatments": lambda c: {**c.filled("treatments"), **dict.fromkeys(OF_TREATMENTS)},
    "analyte": lambda c: c.analytes,
    "drug": _of_drugs("drug"),
    "drug class": _of_drugs("class"),
    "mechanism": _of_drugs("moa"),
    "drug or mechanism": lambda c: [*_of_drugs("drug")(c), *_of_drugs("moa")(c)],
    "unit": _units,
    "minimal difference": _differences,
    "rule of response": _rules,
    "rule of eligibility": _criterion_rules,
    "mark": _marks,
    "notebook": lambda c: c.notebooks,
}
