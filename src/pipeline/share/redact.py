"""What an executed notebook shows, shown again from released results: tables, notes, captions, figures.

The cell of a table says which results it shows (``#| shows: change_mean, improved``: the analyses of its notebook, or
``none`` where no number is of patients); numbers are looked up among these alone (`pipeline.share.lookup`), one that is
none of them is not told, and a table that says nothing stops the release. A figure keeps what it was made from and is
drawn again from what may be told of it (`pipeline.share.redraw`). Tables with a row per patient, and pictures that keep
nothing, give way to a sentence.
"""

import base64
import html as entities
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from analysis import media
from analysis.language import current, mark, messages, tr, trn
from analysis.scoring.joints import MAX_NOT_ASSESSED
from analysis.tables.table import PLANNED, bodies
from pipeline.render.notebook import cell_options, source_text
from pipeline.share.lookup import HIDDEN, NUMBER, Lookup
from pipeline.share.profiles import Profile
from pipeline.share.redraw import redrawn
from pipeline.share.words import IN_WORDS, counts_told, is_count, redact

TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
WORDS = re.compile(r"[^\W\d_]{2,}.*[^\W\d_]{3,}|[一-鿿]", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
CELL = re.compile(r"(<(t[dh])\b([^>]*)>)(.*?)(</t[dh]>)", re.DOTALL)
UNTOLD = re.compile(r"(?<=[=:,] )–")  # a number of an alternative text that is not told
OPTION = re.compile(r"^(#\|\s*(?:tbl-cap|fig-cap|fig-alt|fig-subcap)\s*:\s*)(.*)$", re.MULTILINE)


UNREAD_FROM = 0xF0000  # signs of private use, one for each of the first plane
UNREAD = re.compile("[\U000f0000-\U000fffff]+")
CONSTANTS = {"max_not_assessed": f"{100 * MAX_NOT_ASSESSED:g}"}  # of a method, by their names in texts


@dataclass(slots=True)
class Redactor:
    """Shows one notebook again under a profile.

    Attributes
    ----------
    lookup : Lookup or None
        The results of the notebook, or those that a cell shows; None where no number of it is of patients.
    profile : Profile
    known : set of str
        Numbers stated by the study's files.
    subjects : set of str
        Every subject id of the run.
    findings : list of (str, str)
        What was left out: the label and why.
    undeclared : list of str
        Labels of tables that do not say which results they show.
    sentences : frozenset of str
        Texts of the study's files, of which only what counts people is told another way.
    """

    lookup: Lookup | None
    profile: Profile
    known: set[str]
    subjects: set[str]
    findings: list[tuple[str, str]] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    sentences: frozenset[str] = frozenset()

    def notebook(self, content: Mapping) -> dict:
        """An executed notebook with its outputs told again; texts and sources of cells stay in this house."""
        content = json.loads(json.dumps(content))
        for cell in content["cells"]:
            if cell["cell_type"] != "code":
                cell["source"] = ""
                continue
            options = cell_options(source_text(cell["source"]))
            cell["outputs"] = [self._declared(options)._output(output, options) for output in cell["outputs"]]
            self._details(cell)
            head = [line for line in source_text(cell["source"]).splitlines() if line.startswith("#|")]
            cell["source"] = OPTION.sub(self._caption, "\n".join(head))
        return content  # type: ignore[return-value]

    def _declared(self, options: Mapping) -> "Redactor":
        """The same for one cell: its numbers are looked up among the results it says it shows."""
        if "shows" not in options:
            return self
        wanted = [name.strip() for name in str(options["shows"]).split(",")]
        if wanted == ["none"]:
            return replace(self, lookup=None)
        if self.lookup is None:
            raise ValueError("the results that a cell shows are looked up among those of its notebook")
        return replace(self, lookup=self.lookup.of(wanted, label=str(options.get("label", ""))))

    def _caption(self, match: re.Match) -> str:
        return match[1] + self.text(match[2])

    def _details(self, cell: dict) -> None:
        """Captions and alternative texts that the cell gives when it shows its result."""
        for output in cell["outputs"]:
            details = output.get("metadata") or {}
            for key in ("fig-cap", "tbl-cap"):
                if key in details:
                    details[key] = self.text(str(details[key]))

    def text(self, text: str) -> str:
        """A text around results."""
        if self.lookup is None:
            return text
        if " ".join(text.split()) in self.sentences:
            return counts_told(text, self.lookup)
        kept = _phrases(self.sentences).sub(lambda phrase: _set_apart(phrase[0]), text)
        return UNREAD.sub(_read_again, redact(kept, self.lookup, self.known))

    def _output(self, output: dict, options: Mapping) -> dict:
        label = str(options.get("label") or "an output")
        if output["output_type"] == "stream":
            return {**output, "text": self.markdown(source_text(output["text"]), label)}
        data = output.get("data", {})
        marks = data.get(media.MARKS) or {}
        if any(kind.startswith("image/") for kind in data):
            return self._picture(output, label, marks, options)
        if "text/markdown" in data:
            text = source_text(data["text/markdown"])
            if self._says_nothing(text, options, marks):
                self.undeclared.append(label)
            made = self._listing(label) if marks.get("per_patient") else self.markdown(text, label)
            return {**output, "data": {"text/markdown": made}}
        if "text/html" in data:  # a frame shown as it is
            made = self.markdown(source_text(data["text/html"]), label)
            return {**output, "data": {"text/markdown": f"```{{=html}}\n{made}\n```\n"}}
        plain = source_text(data.get("text/plain", ""))
        return {**output, "data": {"text/plain": self.text(plain)}}

    def _says_nothing(self, text: str, options: Mapping, marks: Mapping) -> bool:
        """Whether a table with numbers does not say which results it shows."""
        numbers = (re.search(r"\d", re.sub(r"<[^>]*>", "", table)) for table in TABLE.findall(text))
        return "shows" not in options and not marks.get("per_patient") and any(numbers)

    def markdown(self, text: str, label: str) -> str:
        """Markdown with its tables and the words around them."""
        parts, at = [], 0
        for match in TABLE.finditer(text):
            parts += [self._around(text[at : match.start()]), self.table(match[0], label)]
            at = match.end()
        return "".join([*parts, self._around(text[at:])])

    def _around(self, text: str) -> str:
        return self.text(text) if re.search(r"[\d一-十]|\w", text) else text

    def _listing(self, label: str) -> str:
        self.findings.append((label, "a row per patient"))
        text = sentence(self._row_per_patient())
        return f"```{{=html}}\n{text}\n```\n"

    def _row_per_patient(self) -> str:
        profile = self.profile.name
        return tr("Not released: this table has a row per patient ({profile}).", profile=profile)

    def table(self, text: str, label: str) -> str:
        """An HTML table, each cell told from released results; rows that tell nothing are left out."""
        if self._names_subjects(text):
            self.findings.append((label, "a row per patient"))
            return sentence(self._row_per_patient())
        head, _, body = text.partition("<tbody")
        kept, hidden = [], 0
        for row in ROW.findall(body):
            told, nothing = self._row(row)
            hidden += nothing
            if not nothing:
                kept.append(told)
        if not any("<td" in row for row in kept):
            self.findings.append((label, "nothing in it may be told"))
            profile = self.profile.name
            return sentence(
                tr("Not released: every number of this table is suppressed ({profile}).", profile=profile)
            )
        kept = _without_empty_groups(kept)
        if hidden:
            width = max(row.count("<t") - row.count("<tr") for row in kept)
            what = trn(
                "{n} line is left out: every number is suppressed.",
                "{n} lines are left out: every number is suppressed.",
                hidden,
            )
            kept.append(f'<tr><th scope="rowgroup" colspan="{width}">{what}</th></tr>')
        return "\n".join([CELL.sub(self._heading, head).rstrip(), *bodies(kept), "</table>"])

    def _names_subjects(self, text: str) -> bool:
        """Whether rows of a table are headed by subject ids, or any cell holds one that cannot be another number."""
        rows = [CELL.findall(row) for row in ROW.findall(text.partition("<tbody")[2])]
        cells = [
            [entities.unescape(re.sub(r"<[^>]*>", "", c[3])).strip() for c in row] for row in rows if row
        ]
        unlike = {cell.split(" ")[0] for row in cells for cell in row if cell and not cell.isdigit()}
        if unlike & {subject for subject in self.subjects if not subject.isdigit()}:
            return True
        heads = [row[0].split(" ")[0] for row in cells if len(row) > 1 and row[0]]
        return bool(heads) and sum(head in self.subjects for head in heads) > len(heads) / 2

    def _heading(self, match: re.Match) -> str:
        return match[1] + _told(match[4], self.text_of_heading) + match[5]

    def text_of_heading(self, text: str) -> str:
        """A heading: sizes in it are counts, other numbers name something."""
        of_all = re.fullmatch(rf"\s*{re.escape(tr('All'))}\s?[(（]\s?[nN]\s*=\s*\d+\s?[)）]\s*", text)
        told = self.lookup.size if of_all and self.lookup is not None else self._number
        return re.sub(r"(\b[nN]\s*=\s*)(\d+)", lambda m: m[1] + told(m[2]), text)

    def _number(self, text: str) -> str:
        return text if self.lookup is None else self.lookup.number(text)

    def _row(self, row: str) -> tuple[str, bool]:
        """A row as it is told, and whether it tells nothing but what is suppressed."""
        told: list[bool | None] = []
        numbers = 0

        def cell(match: re.Match) -> str:
            nonlocal numbers
            if match[2] == "th":
                return self._heading(match)
            if match[1] == PLANNED:
                told.append(False)
                return match[0]
            shown = _told(match[4], self._cell)
            had = bool(NUMBER.search(re.sub(r"<[^>]*>", "", match[4])))
            numbers += had
            told.append(HIDDEN in shown if had else None)
            return match[1] + shown + match[5]

        made = CELL.sub(cell, row)
        return made, numbers > 0 and all(hidden for hidden in told if hidden is not None)

    def _cell(self, text: str) -> str:
        """A cell: numbers of results, or words with numbers in them."""
        if self.lookup is None:
            return text
        return self.text(text) if WORDS.search(text) else self.lookup.cell(text)

    def _picture(self, output: dict, label: str, marks: Mapping, options: Mapping) -> dict:
        from analysis.figures import style

        drawn, why = (
            None,
            mark("it shows single patients")
            if marks.get("per_patient")
            else mark("its numbers are not known"),
        )
        if "made_from" in marks and self.lookup is not None:
            drawn, why = redrawn(marks["made_from"], self.lookup.exact, self.text, self.profile)
        details = {key: value for key, value in (output.get("metadata") or {}).items() if key == "fig-cap"}
        if drawn is None:
            self.findings.append((label, f"left out: {why}"))
            alt = tr("Not released: {why} ({profile}).", why=tr(why), profile=self.profile.name)
            image, extras = notice(alt), {}
        else:
            alt, image = UNTOLD.sub(HIDDEN, drawn.alt), drawn.png(colours=style.COLOURS)
            extras = {media.FIGURE: drawn.extras(vector=False)}
        return {
            **output,
            "data": {"image/png": base64.b64encode(image).decode("ascii"), "text/plain": alt, **extras},
            "metadata": {**details, "fig-alt": alt, "image/png": {"alt": alt}},
        }


def _set_apart(phrase: str) -> str:
    """A text whose numbers stand for themselves, in signs that no number is read in; what stands around it stays."""
    for form in (IN_WORDS, NUMBER):
        phrase = form.sub(lambda match: "".join(chr(UNREAD_FROM + ord(sign)) for sign in match[0]), phrase)
    return phrase


def _read_again(signs: re.Match) -> str:
    return "".join(chr(ord(sign) - UNREAD_FROM) for sign in signs[0])


def _phrases(sentences: frozenset[str]) -> re.Pattern:
    """Names of the study and texts of this project whose numbers count nobody, where they stand in a text."""
    return _any_of(sentences, current())


@lru_cache(maxsize=4)
def _any_of(sentences: frozenset[str], _language: str) -> re.Pattern:
    own = {text for text in sentences if is_a_name(text)}
    shipped = {
        part
        for text in messages()
        for part in _without_results(tr(text))
        if len(part) > 20 or is_a_name(part)
    }
    found = own | {text for text in shipped if NUMBER.search(text) or IN_WORDS.search(text)}
    listed = "|".join(re.escape(text) for text in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)")


def _without_results(text: str) -> list[str]:
    """The parts of a text of this project in which no result is named; constants of a score as they are shown."""
    for name, value in CONSTANTS.items():
        text = re.sub(rf"\{{{name}(?::[^{{}}]*)?\}}", value, text)
    whole = "{" not in text
    parts = [text] if whole else re.split(r"\{[^{}]*\}", text)
    return (
        parts
        if whole
        else [part.strip() for part in parts if any(value in part for value in CONSTANTS.values())]
    )


def is_a_name(text: str) -> bool:
    """Whether a text of the study file names something by a number and does not say how many.

    Examples
    --------
    >>> [is_a_name(text) for text in ("Interleukin 6", "4 or more", "n = 12 women", "Age", "one woman of 12")]
    [True, False, False, False, False]
    """
    numbers = list(NUMBER.finditer(text))
    counted = any(is_count(text[: match.start()], text[match.end() :]) for match in numbers)
    begins = re.match(r"[^\W\d_]{3}", text)
    return bool(numbers and begins) and not counted and not IN_WORDS.search(text)


def _told(inner: str, how: Callable[[str], str]) -> str:
    """The content of a cell, its text told another way."""
    return "".join(
        part if part.startswith("<") else entities.escape(how(entities.unescape(part)), quote=False)
        for part in re.split(r"(<[^>]*>)", inner)
    )


def _without_empty_groups(rows: list[str]) -> list[str]:
    """Rows without the headings of groups that have lost all their rows."""
    kept: list[str] = []
    for row in [*rows, '<tr><th scope="rowgroup"></th></tr>']:
        if 'scope="rowgroup"' in row and kept and 'scope="rowgroup"' in kept[-1] and "<td" not in kept[-1]:
            kept.pop()
        kept.append(row)
    return kept[:-1]


def sentence(text: str) -> str:
    """A table that holds a sentence, so that its caption and the references to it stay."""
    return f'<table>\n<tbody>\n<tr><th scope="row">{entities.escape(text)}</th></tr>\n</tbody>\n</table>'


def notice(text: str) -> bytes:
    """A picture of a sentence, in place of a figure."""
    from analysis.figures import Drawn, style

    with style.sheet(height=0.8, mark=None) as figure:
        figure.text(0.5, 0.5, text, ha="center", va="center", color=style.SOFT, size=10)
    return Drawn(figure, text).png()
