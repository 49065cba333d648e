"""What a draft knows of its study: visits, variables, blocks of the mapping, groups, and what is doubtful."""

from dataclasses import dataclass, field
from typing import Any

from pipeline.draft.layout import File
from pipeline.draft.look import Seen
from pipeline.draft.names import Moment


@dataclass(slots=True)
class Variable:
    """A variable of the draft, as the reports need to know it."""

    name: str
    table: str
    kind: str
    label: str
    seen: Seen
    visits: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """The draft of a study."""

    name: str
    files: list[File]
    visits: dict[str, Moment] = field(default_factory=dict)
    declared: dict[str, dict] = field(default_factory=dict)
    variables: dict[tuple[str, str], Variable] = field(default_factory=dict)
    analytes: dict[str, Any] = field(default_factory=dict)
    blocks: dict[str, list[dict]] = field(default_factory=dict)
    groups: dict | None = None
    arms: dict[str, str] | None = None  # by subject, as the export has them
    times: list[tuple[str, str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    subjects: int = 0
    id_pattern: str | None = None
    windows: dict[str, Any] = field(default_factory=dict)  # by visit, where windows are proposed
    moments: set[str] = field(default_factory=set)  # variables that say when a visit was
    unpaired: set[str] = field(default_factory=set)  # variables that nobody has at the baseline and later

    @property
    def baseline(self) -> str:
        """The visit that change is counted from: the one of that name, else the earliest."""
        named = (ident for ident, when in self.visits.items() if when.shown == "Baseline")
        return next(named, next(iter(self.visits)))

    @property
    def endpoints(self) -> list[Variable]:
        """Numbers and yes/no values that somebody has at the baseline and later."""
        found = [v for v in self.variables.values() if v.table == "visits" and v.kind in ("number", "yes_no")]
        return [v for v in found if len(set(v.visits)) > 1 and v.name not in self.unpaired | self.moments]

    @property
    def doubts(self) -> list[str]:
        """What was not sure, each with the file or column it is about."""
        of_files = [f"{file.id}: {doubt}" for file in self.files for doubt in file.doubts]
        of_columns = [
            f"{variable.seen.name}: {doubt}"
            for variable in self.variables.values()
            for doubt in variable.seen.doubts
        ]
        alone = [
            f"{name}: no endpoint, as nobody has it at the baseline and later"
            for name in sorted(self.unpaired)
        ]
        return list(dict.fromkeys([*of_files, *self._of_baseline(), *of_columns, *alone]))

    def _of_baseline(self) -> list[str]:
        """That nothing says which visit is the baseline."""
        first = self.visits[self.baseline].shown
        named = first == "Baseline" or len(self.visits) < 2
        return [] if named else [f"no visit is called baseline: {first} is taken for it: `baseline_visit`"]

    def of_kind(self, table: str, *kinds: str) -> list[Variable]:
        """The variables of a table that hold one of these kinds of values."""
        return [v for v in self.variables.values() if v.table == table and v.kind in kinds]
