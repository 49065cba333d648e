"""The catalogues of texts: what the sources say, gathered, and a catalogue brought up to date with it.

Texts are found where they stand: ``tr``, ``trn``, ``mark`` and ``Texts`` in the code and in notebooks, captions of
notebooks, the prose of reports and their parts, the files of the look, what a study file shows to a reader.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from analysis.language import FOLDER
from analysis.language.catalogue import TERM
from pipeline.files import write_whole
from pipeline.project import REPORTS
from pipeline.texts import MARKED, captions, shown_texts, texts_of

SINCE = datetime(2026, 1, 1, tzinfo=UTC)  # one date in every catalogue, so that only texts make a difference
WORDS = re.compile(r"(?=.*[A-Za-z]{2})(?:[A-Z*(%].*|\S+ .*|n: .*)$")
WORDED = re.compile(
    r"(?<![A-Za-z])[a-z]{4}|^[A-Z]?[a-z]{3,}|[A-Z][a-z]{3,} [a-z]"
)  # holds words, not names alone
SLOT = re.compile(r"\{(\w+)[^{}]*\}")
FIXED = re.compile(
    r"\{\{<.*?>\}\}|@[A-Za-z][A-Za-z0-9_-]*|\[-?@[^\]]*\]|\$[\w-]+\$|#[A-Za-z][A-Za-z0-9_.()-]*"
)


@dataclass(slots=True)
class Text:
    """One text of the sources: its English, the other form of its plural, its context and where it stands."""

    english: str
    plural: str = ""
    context: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.english, self.context


def project_texts(root: Path) -> dict[tuple[str, str], Text]:
    """The texts of the project: code, notebooks, reports, look, abbreviations."""
    found: dict[tuple[str, str], Text] = {}
    for place, text in _everything(root):
        known = found.setdefault(text.key, text)
        known.places = [*known.places, *([place] if place not in known.places else [])]
    return found


def study_own_texts(root: Path, study: str) -> dict[tuple[str, str], Text]:
    """The texts of a study file, of its list of criteria and of the first screens of its reports."""
    from pipeline.reach import Code
    from pipeline.resolve import resolve

    found: dict[tuple[str, str], Text] = {}
    code = Code(root / "src")
    reports = [name for name in REPORTS if (root / "params" / study / f"{name}.yml").is_file()]
    every = [resolve(root, study, report, code=code, kept=None) for report in reports]
    resolved = every[-1]
    criteria = resolved.criteria.get("criteria", [])
    reasons = [f"not met: {entry['label']}" for entry in criteria if entry["kind"] == "inclusion"]
    variants = resolved.criteria.get("sensitivity", {})
    shown = [
        *shown_texts(resolved.study),
        *shown_texts(resolved.criteria),
        *(text for one in every for text in shown_texts(one.analysis["headline"])),
        *_labels(resolved.study),
        *reasons,
        *(name for name in variants if re.search("[a-z]{3}", name)),
    ]
    for english in shown:
        found.setdefault((english.strip(), ""), Text(english.strip(), places=[f"params/{study}"]))
    for term in _terms_of_data(root / "params" / study):
        found[term, TERM] = Text(term, context=TERM, places=[f"params/{study}"])
    return found


def _terms_of_data(folder: Path) -> Iterator[str]:
    """Terms of the data, such as of adverse events, that a catalogue of the study says in its language."""
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as stream:
            yield from (str(entry.id) for entry in read_po(stream) if entry.context == TERM)


def _labels(content: dict) -> Iterator[str]:
    """Labels and units of the columns that a study shows under the names they have here, values of its own ones."""
    from analysis.study import as_study

    study = as_study(content)
    columns = {**study.columns("visits"), **study.columns("subjects")}
    shown = {row.variable for row in study.baseline_table} | {entry.variable for entry in study.endpoints}
    shown |= {
        name for entry in study.responses if entry.observed_needs for name in entry.observed_needs.components
    }
    for name in sorted(shown & columns.keys()):
        yield from (text for text in (columns[name].label, columns[name].unit) if text)
        yield from columns[name].allowed if name in study.variables else ()
    yield from (entry.unit for entry in study.endpoints if entry.unit)


def _everything(root: Path) -> Iterator[tuple[str, Text]]:
    for file in sorted((root / "src").rglob("*.py")):
        yield from _at(root, file, code_texts(file.read_text(encoding="utf-8")))
    for file in sorted((root / "notebooks").glob("*.ipynb")):
        yield from _at(root, file, notebook_texts(json.loads(file.read_text(encoding="utf-8"))))
    for file in sorted((root / "reports").rglob("*.qmd")):
        if "_site" not in file.parts:
            yield from _at(root, file, map(Text, texts_of(file.read_text(encoding="utf-8"))))
    for file in sorted((root / "src" / "pipeline" / "render" / "assets").iterdir()):
        texts = MARKED.findall(file.read_text(encoding="utf-8"))
        yield from _at(root, file, (Text(" ".join(text.split())) for text in texts))
    found = map(Text, filter(WORDED.search, _declared(root)))
    yield from _at(root, root / "src" / "analysis" / "scoring", found)
    for file in sorted((root / "reports" / "_parts").glob("_*abbreviations.csv")):
        rows = file.read_text(encoding="utf-8").splitlines()[1:]
        yield from _at(root, file, (Text(row.partition(",")[2].strip('"')) for row in rows))


def _declared(root: Path) -> Iterator[str]:
    """What scores, important differences and sets of worked patients are called: names, unless they hold words."""
    from analysis.scoring.mcid import IMPORTANT_DIFFERENCES
    from analysis.scoring.registry import INSTRUMENTS
    from analysis.study.document import load

    yield from (score.title for score in INSTRUMENTS.values())
    yield from (text for one in IMPORTANT_DIFFERENCES.values() for text in (one.measure, one.kind))
    yield from (load(file).tree["title"] for file in sorted((root / "tests" / "assurance").glob("*.yml")))


def _at(root: Path, file: Path, texts: Iterable[Text]) -> Iterator[tuple[str, Text]]:
    place = file.relative_to(root).as_posix()
    for text in texts:
        text.english = text.english if text.context else text.english.strip()
        bare = SLOT.sub("", FIXED.sub("…", text.english))
        if text.context or text.plural or (text.english and re.search(r"[A-Za-z]|^[^\w…]+$", bare)):
            yield place, text


def notebook_texts(notebook: dict) -> Iterator[Text]:
    """The texts of a notebook: captions of its cells, and what its code marks."""
    found: list[str] = []
    captions(notebook, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    yield from map(Text, found)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
            source = "".join(cell["source"])
            yield from code_texts(source)
            yield from plain_texts(source)


def plain_texts(source: str) -> Iterator[Text]:
    """Texts of a notebook's code that tables and figures look up themselves: words, not names of columns.

    Examples
    --------
    >>> [text.english for text in plain_texts('heads = {"n_yes": "Yes"}; rows["subject_id"]; tr("Kept")')]
    ['Yes']
    """
    tree = ast.parse(source)
    marked = {id(word) for call in ast.walk(tree) if isinstance(call, ast.Call) for word in _given(call)}
    inside = {
        id(part) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)
    }
    for node in ast.walk(tree):
        english = _text(node) if isinstance(node, ast.expr) else ""
        if WORDS.match(english) and id(node) not in marked | inside:
            yield Text(english)


def _given(call: ast.Call) -> list[ast.expr]:
    """What a call that marks texts, or one that looks for a pattern, is given."""
    if _name(call.func) in ("tr", "trn", "mark", "replace", "split"):
        return [*call.args, *(word.value for word in call.keywords if word.arg == "context")]
    return []


def code_texts(source: str) -> Iterator[Text]:
    """The texts that code marks for translation.

    Examples
    --------
    >>> [text.english for text in code_texts('tr("Group"); Texts({"a": "Visit"})')]
    ['Group', 'Visit']
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        if name == "trn":
            one, many = (_text(argument) for argument in node.args[:2])
            yield Text(one, plural=many)
        elif name in ("tr", "mark", "Texts", "NotEstimable"):
            yield from _marked(node, name)


def _marked(node: ast.Call, name: str) -> Iterator[Text]:
    named = {word.arg: word.value for word in node.keywords}
    context = _text(named.get("context", node.args[1] if len(node.args) > 1 else None))
    first = node.args[0] if node.args else None
    values = first.values if name == "Texts" and isinstance(first, ast.Dict) else [first]
    for value in values:
        english = _text(value)
        if english:
            yield Text(english, context=context)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def file_of(root: Path, language: str, study: str | None = None) -> Path:
    """The catalogue of a language: the project's, or a study's own."""
    return root / "params" / study / f"{language}.po" if study else FOLDER / f"{language}.po"


def read_catalogue(file: Path) -> Catalog:
    """A catalogue; an empty one where there is none yet."""
    if not file.is_file():
        return Catalog(locale=file.stem, project="reports", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=file.stem)


def told(catalogue: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    """The translations of a catalogue that are there."""
    found = {}
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
        if message.id and all(forms) and not message.fuzzy:
            english = message.id if isinstance(message.id, str) else message.id[0]
            found[english, message.context or ""] = tuple(forms)
    return found


def update(
    file: Path, texts: dict[tuple[str, str], Text], *, write: bool = True
) -> tuple[list[Text], list[str]]:
    """Bring a catalogue up to date: new texts come in without translation, those that nobody uses go.

    Returns
    -------
    list of Text, list of str
        What is not translated, and what went.
    """
    known = told(read_catalogue(file))
    made = Catalog(locale=file.stem, project="reports", fuzzy=False, charset="utf-8")
    made.creation_date = made.revision_date = SINCE
    missing = []
    for text in sorted(texts.values(), key=lambda text: (text.places[0], text.english)):
        forms = known.get(text.key)
        if forms is None:
            missing.append(text)
        string = (forms or ("",) * made.num_plurals) if text.plural else (forms or ("",))[0]
        ident = (text.english, text.plural) if text.plural else text.english
        where = [(place, 0) for place in text.places[:1]]  # 0: no line is told
        made.add(ident, string, locations=where, context=text.context or None)
    if write and (texts or file.is_file()):
        stream = BytesIO()
        write_po(stream, made, width=0, omit_header=False)
        write_whole(file, stream.getvalue())
    return missing, sorted(english for english, context in known.keys() - texts.keys())


ALONE = re.compile(r"\[(@[\w:-]*\w)\]")  # one source in brackets


def slots(text: str) -> list[str]:
    """The named places of a message, and what stands for numbers, references and values in prose.

    A source that is named in a sentence of one language may stand in brackets, as a number, in another.

    Examples
    --------
    >>> slots("{n} of {total:g}"), slots("See @tbl-x"), slots("的方法[@li2020]") == slots("as in @li2020")
    (['n', 'total'], ['@tbl-x'], True)
    """
    text = ALONE.sub(r"\1", text)
    fixed = FIXED.findall(text)
    return sorted([*SLOT.findall(FIXED.sub("", text)), *fixed])
