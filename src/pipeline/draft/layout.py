"""How a file is laid out: who a row is about, which visit it is of, what belongs to the subject, what to the visit."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.read.text import normalise
from pipeline.draft import names
from pipeline.draft.dictionary import Entry
from pipeline.draft.look import Seen
from pipeline.draft.names import Moment, moment, parts, plain
from pipeline.draft.scattered import Window, propose, study_days, unit_of

MOST_VISITS = 40


@dataclass(slots=True)
class File:
    """A source and what was seen in it.

    Attributes
    ----------
    id : str
        Its id in the study file.
    given : dict
        Its keys in the study file.
    rows : DataFrame
        Its cells as text.
    seen : dict of str to Seen
        Its columns, those without any value left out.
    about : dict of str to Entry
        What a dictionary says of its columns.
    subject : list of str
        The columns that name the subject; none where the row does.
    visit : str or None
        The column that names the visit.
    doubts : list of str
        What is not sure about the layout.
    where : dict
        Keys under ``rows`` that choose these rows of the source.
    renamed : dict
        Another name and label for a column, where its own says nothing (``AVAL``).
    windows : list of Window
        Visits proposed for a file whose rows lie at scattered times; then `visit` is the column of the time.
    time_unit : str or None
        What that time is counted in from baseline (days, weeks, months, years); None for study days.
    """

    id: str
    given: dict
    rows: pd.DataFrame
    seen: dict[str, Seen]
    about: dict[str, Entry]
    subject: list[str] = field(default_factory=list)
    visit: str | None = None
    doubts: list[str] = field(default_factory=list)
    where: dict = field(default_factory=dict)
    renamed: dict[str, tuple[str, str]] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    time_unit: str | None = None

    def key(self) -> pd.Series:
        """What names the subject of each row."""
        if not self.subject:
            return pd.Series(self.rows.index.astype(str), index=self.rows.index)
        plain_ = [self.rows[name].fillna("").map(normalise) for name in self.subject]
        joined = plain_[0]
        for more in plain_[1:]:
            joined = joined + "-" + more
        return joined

    def constant(self, columns: Sequence[str]) -> list[str]:
        """The columns that have one value at most within each subject."""
        key = self.key()
        filled = self.rows[list(columns)].replace("", pd.NA)
        most = filled.groupby(key).nunique().max()
        return [name for name in columns if most[name] <= 1]

    @property
    def once(self) -> bool:
        """Whether no subject has more than one row."""
        return not self.key().duplicated().any()


def lay_out(file: File) -> None:
    """Find out whose rows these are and of which visit."""
    file.subject = _subject(file) or _subject_by_shape(file)
    if not file.subject:
        file.doubts.append(
            "no column names the subject: every row is taken for one subject, named by its number"
        )
    if file.once or file.where.get("instrument"):
        return
    file.visit = _visit(file)
    if scattered(file):
        return
    if file.visit is None and (centre := _by_name(file, names.CENTRE)):
        wider = File(**{**_fields(file), "subject": [centre, *file.subject], "doubts": []})
        if (found := _visit(wider)) or wider.once:
            file.subject, file.visit = wider.subject, found
            file.doubts.append(
                f"{wider.subject[1]} starts anew in every {centre}: the subject is named by both"
            )


def by_event(file: File) -> list[File]:
    """A file with a row of each subject for each of several events, as a part for each; else the file itself.

    So it is where each row has a time and says whether it happened, and a column that is named like no visit tells
    the rows of a subject apart (``etype`` 1 recurrence, 2 death).
    """
    visit = file.visit
    if visit is None or file.windows or plain(visit) in names.VISIT or file.seen[visit].distinct > 6:
        return [file]
    time, event = _by_name(file, names.TIME), _by_name(file, names.EVENT)
    if time is None or event is None or {time, event} & set(file.constant([time, event])):
        return [file]
    kinds = file.rows[visit].fillna("").map(normalise)
    again = [*file.constant([name for name in file.seen if name not in file.subject]), visit]
    made: list[File] = []
    for kind in sorted(set(kinds)):
        other = {"column": visit, "not_in": [kind], "reason": "another event"}
        part = File(**_fields(file))
        part.id = f"{file.id}_{kind}"
        part.rows = file.rows[kinds.eq(kind)].drop(columns=again if made else visit).reset_index(drop=True)
        part.where = {"leave_out": [*file.where.get("leave_out", []), other]}
        part.renamed = {time: (names.slug(f"{visit}_{kind}"), f"{names.words(visit)} {kind}")}
        part.visit = None
        part.doubts = [] if made else [f"{visit} is taken for the kind of event, each with its {time}"]
        made.append(part)
    return made


def scattered(file: File) -> bool:
    """Propose windows of visits where the rows of subjects lie at times of their own; whether that is so."""
    named = [name for word in names.VISIT for name in file.seen if plain(name) == word]
    for name in [file.visit] if file.visit else named:
        seen = file.seen[name]
        if (
            seen.kind != "number"
            or seen.codes
            or seen.known < 0.9 * seen.rows
            or name in file.constant([name])
        ):
            continue
        times = pd.to_numeric(file.rows[name], errors="coerce")
        unit, doubt = unit_of(names.unit_word(name), times)
        windows = propose(study_days(times, unit), file.key())
        if windows:
            file.visit, file.windows, file.time_unit = name, windows, unit
            file.doubts += [
                *([doubt.format(name=name)] if doubt else []),
                f"{name} lies at {seen.distinct} different times: {len(windows)} visits with windows are proposed from "
                "it; of several rows of a subject in one window the nearest to the target day counts",
            ]
            event = _by_name(file, names.EVENT)
            if plain(name) in names.TIME and event and file.seen[event].distinct == 2:
                file.doubts.append(
                    f"{name} beside {event} may be times to several events of each subject: none is taken for a "
                    "time to an event; one row of each subject, chosen by `rows:`, would be"
                )
            return True
    return False


def _fields(file: File) -> dict:
    return {name: getattr(file, name) for name in File.__dataclass_fields__}


def _by_name(file: File, known) -> str | None:
    """The first column whose name is in a list, in the order of the list."""
    by_name = {plain(name): name for name in reversed(list(file.seen))}
    return next((by_name[word] for word in known if word in by_name), None)


def _subject(file: File) -> list[str]:
    """The column that names the subject: by its name, never a date or a measurement with decimals."""
    for word in names.SUBJECT:
        for name, seen in file.seen.items():
            whole = seen.kind != "number" or seen.whole
            if plain(name) == word and seen.kind != "date" and whole and seen.known >= 0.9 * seen.rows:
                return [name]
    return []


def _subject_by_shape(file: File) -> list[str]:
    """A column that, with one that is named like a time, tells all rows apart: whose rows these are."""
    time = _by_name(file, names.VISIT)
    if time is None or file.seen[time].distinct > MOST_VISITS:
        return []
    for name, seen in file.seen.items():
        many = 5 <= seen.distinct <= seen.rows / 2 and seen.known == seen.rows
        if name == time or not many or seen.kind == "date" or (seen.kind == "number" and not seen.whole):
            continue
        if not file.rows[[name, time]].duplicated().any():
            file.doubts.append(f"{name} is taken for the subject: with {time} it tells the rows apart")
            return [name]
    return []


def _visit(file: File) -> str | None:
    """The column that tells a subject's rows apart: by its name and by doing so."""
    key = file.key()
    ordered = [name for word in names.VISIT for name in file.seen if plain(name) == word]
    others = [
        name
        for name in file.seen
        if name not in ordered and name not in file.subject and not name.startswith("redcap_")
    ]
    for name in [*ordered, *others]:
        seen = file.seen[name]
        named = name in ordered
        few = seen.distinct <= (MOST_VISITS if named else 6)
        if not few or seen.known < 0.9 * seen.rows or seen.kind == "date" or seen.distinct < 2:
            continue
        double = _pairs_double(file, key, name)
        balanced = named or key.value_counts().eq(seen.distinct).mean() >= 0.8
        if balanced and double <= (0.02 if named else 0):
            if not named:
                file.doubts.append(
                    f"{name} is taken for the visit or condition: it tells a subject's rows apart"
                )
            return name
    return None


def _pairs_double(file: File, key: pd.Series, name: str) -> float:
    """Share of rows that another row of the same subject and visit precedes, copies carried forward left aside."""
    rows = file.rows
    if "DTYPE" in rows:
        rows = rows[rows["DTYPE"].fillna("").eq("")]
    pairs = pd.DataFrame({"key": key[rows.index], "visit": rows[name].map(normalise)})
    return float(pairs.duplicated().mean())


def wide_groups(file: File, columns: Sequence[str]) -> dict[str, dict[Moment, str]]:
    """Columns that hold one variable at several moments: by the variable's name, the column of each moment.

    ``pain_w0``, ``pain_w12``; ``Prewt``, ``Postwt``; ``pacu30min_cough``, ``postOp4hour_cough``; ``baseline``,
    ``oneyear`` (the variable then bears the name of the file).
    """
    groups: dict[str, dict[Moment, str]] = defaultdict(dict)
    spelt: dict[str, str] = {}  # one spelling for Pain and pain
    for name in columns:
        for found_stem, when in _splits(name):
            stem = spelt.setdefault(found_stem.lower(), found_stem)
            if when not in groups[stem]:
                groups[stem][when] = name
                break
    bare = _numbered(columns)
    every = _with_bare_baseline({**groups, **bare}, file)
    found = {stem: at for stem, at in every.items() if _is_series(file, stem, at)}
    for at in found.values():
        if any(file.seen[name].kind == "yes_no" for name in at.values()):
            file.seen.update({name: _as_yes_no(file.seen[name]) for name in at.values()})
    return {
        stem or file.id: dict(sorted(at.items(), key=lambda pair: pair[0].days)) for stem, at in found.items()
    }


def _with_bare_baseline(groups: dict, file: File) -> dict:
    """A column named baseline belongs to the one series of later values that has no baseline of its own."""
    bare = groups.get("", {})
    alone = (
        next((column for when, column in bare.items() if when.days == 0), None) if len(bare) == 1 else None
    )
    later = [stem for stem, at in groups.items() if stem and all(when.days > 0 for when in at)]
    if (
        alone is None
        or len(later) != 1
        or not _is_series(file, later[0], {**groups[later[0]], Moment(0, "", True): alone})
    ):
        return groups
    file.doubts.append(f"{alone} is taken for the baseline value of {later[0]}")
    joined = {**groups[later[0]], next(iter(bare)): alone}
    return {**{stem: at for stem, at in groups.items() if stem}, later[0]: joined}


def _splits(name: str) -> list[tuple[str, Moment]]:
    """Ways to take a name apart into a variable and a moment; y1 is the first value of y, as statisticians call it."""
    if counted := re.fullmatch(r"[yY][_.]?(\d+)", name):
        return [(name[0], Moment(float(counted[1]), f"Visit {counted[1]}", False))]
    pieces, found = parts(name), []
    for length in (2, 1):
        for start in range(len(pieces) - length + 1):
            inside = "".join(pieces[start : start + length])
            if (when := moment(inside)) and (length == 1 or when.exact):
                found.append(("_".join([*pieces[:start], *pieces[start + length :]]), when))
    glued = re.fullmatch(
        r"(?i)(pre|post|bl|base|baseline)([a-z]\w+)|(\w*?[a-z])(pre|post|_?(?:w|wk|m|mo)\d+|\d+(?:w|wk|mo?|yr?))",
        name,
    )
    if glued:
        when, stem = (glued[1], glued[2]) if glued[1] else (glued[4], glued[3])  # type: ignore[assignment]
        if at := moment(when):  # type: ignore[arg-type]
            found.append((stem, at))
    at_end = rf"(.*?[^\W\d_])[\s_-]*[(（]?({names.CHINESE_MOMENT})[)）]?"
    for pattern, first in ((rf"({names.CHINESE_MOMENT})[\s_-]*(\D.*)", True), (at_end, False)):
        if glued := re.fullmatch(pattern, name):
            said, stem = (glued[1], glued[2]) if first else (glued[2], glued[1])
            if at := moment(said):
                found.append((stem, at))
    return found


def _numbered(columns) -> dict[str, dict[Moment, str]]:
    """Names that end in bare numbers: moments where the numbers are no mere count of items."""
    numbered: dict[str, dict[Moment, str]] = defaultdict(dict)
    for name in columns:
        if found := re.fullmatch(r"(.*?[A-Za-z])[_.]?(\d+)", name):
            size = float(found[2])
            shown = "Baseline" if size == 0 else f"Time {size:g}"
            numbered[found[1].lower()][Moment(size, shown, False)] = name
    sets = Counter(tuple(sorted(when.days for when in at)) for at in numbered.values())

    def timed(at) -> bool:
        days = tuple(sorted(when.days for when in at))
        counted = days == tuple(range(1, len(days) + 1)) or days == tuple(range(len(days)))
        return len(days) > 1 and (not counted or (sets[days] > 1 and len(days) < 7))

    return {stem: at for stem, at in numbered.items() if timed(at)}


def _is_series(file: File, stem: str, at: dict[Moment, str]) -> bool:
    """At least two moments, and values of one kind at all of them; names of nothing but time must say which time."""
    if not stem and not all(when.exact for when in at):
        return False
    kinds = {file.seen[name].kind for name in at.values()}
    if "yes_no" in kinds:
        kinds = {_as_yes_no(file.seen[name]).kind for name in at.values()}
    return len(at) > 1 and len(kinds - {"empty"}) == 1 and kinds <= {"number", "yes_no", "category", "empty"}


def _as_yes_no(seen: Seen) -> Seen:
    """A column that says the same of everybody at one moment, 0 or 1, as the yes or no it is at another."""
    if seen.kind != "number" or seen.low != seen.high or seen.low not in (0, 1):
        return seen
    return replace(seen, kind="yes_no", texts=(f"{seen.low:g}",))


def baseline_of(file: File, constant: list[str], varying: list[str]) -> tuple[str, str] | None:
    """A column with the baseline value in every row of the subject, and the outcome that it is the baseline of."""
    base = next((name for name in constant if plain(name) in names.BASE), None)
    if base is None:
        return None
    kind = file.seen[base].kind
    alike = [name for name in varying if file.seen[name].kind == kind and plain(name) not in names.DERIVED]
    return (alike[0], base) if len(alike) == 1 else None
