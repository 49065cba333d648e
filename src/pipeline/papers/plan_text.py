"""What the chapters of a plan of analysis are written from, and how: headings, paragraphs, the report's sections."""

from dataclasses import dataclass

from pipeline.papers.origin import Origin
from pipeline.papers.prose import Part, only, results_named, section, without_sections

ESTIMAND = "tbl-estimand"  # the table of a notebook that states them; it holds no number of patients
FIXED_ANALYSES = ("design", "method")  # their results are settings of the study, told in numbers
FIXED = ("alpha", "planned", "confidence_level", "confidence_percent", "threshold", "cutoff", "every")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table or figure of the report: its place among the notebooks, its label, its section, what it finds."""

    notebook: str
    label: str
    chapter: str
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the text of a plan is written from.

    Attributes
    ----------
    origin : Origin
    parts : list of Part
        The sections of the report's text.
    exhibits : list of Exhibit
    methods : dict
        By label, the methods of the results that an exhibit shows.
    standing : list of str
        Whether and when the plan was locked, and what has changed since.
    version : str
        What tells this version from others.
    """

    origin: Origin
    parts: list[Part]
    exhibits: list[Exhibit]
    methods: dict[str, list[str]]
    standing: list[str]
    version: str

    @property
    def study(self) -> dict:
        """The study as its settings hold it."""
        return self.origin.study

    def own(self, *labels: str) -> list[str]:
        """What the report says in a section, without what it found."""
        kept = [only(without_sections(block), self._tells_nothing) for block in section(self.parts, *labels)]
        return [line for block in kept if block for line in (block, "")]

    def _tells_nothing(self, text: str) -> bool:
        return all(_is_fixed(name) for name in results_named(text))


def embedded(exhibit: Exhibit) -> str:
    """An exhibit as a text takes it in."""
    return f"{{{{< embed notebooks/{exhibit.notebook}.ipynb#{exhibit.label} >}}}}"


def _is_fixed(name: str) -> bool:
    return name.split(".")[0] in FIXED_ANALYSES or name.rpartition(".")[2] in FIXED


def heading(level: int, text: str, label: str) -> list[str]:
    """A heading with a label of the plan's own."""
    return ["#" * level + f" {text} {{#sec-plan-{label}}}", ""]


def under(level: int, text: str, label: str, body: list[str]) -> list[str]:
    """A section; nothing where it has nothing to say."""
    return [*heading(level, text, label), *body] if body else []


def paragraphs(*texts: str) -> list[str]:
    """Texts as paragraphs; what is empty is none."""
    return [line for text in texts if text for line in (text, "")]
