"""`study share`: a report rendered again from its released results, and looked through before it leaves.

What a release is made from is the run that was published: its results, its executed notebooks, its staged text and
its data. Where any of them is no longer that of the run, nothing is cleared.
"""

import json
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.language import tr
from analysis.study.modest import reader
from pipeline import publish
from pipeline.awaited import awaited_in
from pipeline.operating import operation_of
from pipeline.project import Project, UserError, sha256
from pipeline.share.lookup import Lookup, sizes_told
from pipeline.share.memory import Memory
from pipeline.share.profiles import Profile
from pipeline.share.protect import Released, protect
from pipeline.share.redact import Redactor
from pipeline.share.words import counts_told, stated, typed_counts
from pipeline.sites import words_of

if TYPE_CHECKING:
    from analysis.study import Study

SHORTCODE = re.compile(r"\{\{<.*?>\}\}", re.DOTALL)
SAID = ("caveats", "period", "design")  # what the study file says in words of the study and its data
QUOTED = re.compile(
    r"\[[^\[\]]*\]\{\.stated\}|```.*?```|`[^`]*`|^\s*:::.*$|<!--.*?-->|\{[^{}]*\}", re.DOTALL | re.MULTILINE
)


@dataclass(slots=True)
class Made:
    """A release before it is looked through: its files by format, its results, and what was left out."""

    files: dict[str, Path]
    released: Released
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def suppressed(self) -> dict[str, int]:
        """How many results are not told, by reason."""
        return dict(Counter(self.released.why.values()).most_common())


def run_of(project: Project, study: str, report: str) -> Path:
    """The folder of the run that a published page was made from.

    Raises
    ------
    UserError
        If the report is not published, its files are not those that were published, or the run is gone.
    """
    name, folder = f"{study}/{report}", project.site / study / report
    manifest = folder / "manifest.json"
    again = f"run `study render {study} {words_of(report)}`"
    if not manifest.is_file():
        raise UserError(f"{name} is not published; {again} first")
    said = json.loads(manifest.read_text(encoding="utf-8"))
    for part in ("index.html", "results.csv"):
        if not (folder / part).is_file() or sha256(folder / part) != said["outputs"].get(part):
            raise UserError(f"{name}: {part} is not the file that was published; {again} again")
    run = project.build / study / report
    for dataset, known in said["datasets"].items():
        file = run / "data" / f"{dataset}.parquet"
        if not file.is_file() or sha256(file) != known["sha256"]:
            raise UserError(
                f"{name}: the data that the page was made from ({dataset}) are no longer at hand, so that nobody can "
                f"tell what must not be in it; {again} again"
            )
    rows = results_of(run)
    if publish.as_csv(rows) != (folder / "results.csv").read_text(encoding="utf-8"):
        raise UserError(f"{name}: the results at hand are not those of the published page; {again} again")
    return run


def results_of(run: Path) -> list[dict]:
    """The results of a run."""
    settings = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    rows = publish.results_of(run, settings)
    rows += awaited_in([_text(run / "stage")], settings, rows)
    if unknown := [row["result_id"] for row in rows if not row.get("kind")]:
        raise UserError(f"{len(unknown)} results without a kind, e.g. {unknown[0]}: render the report again")
    return rows


def make(
    project: Project,
    run: Path,
    profile: Profile,
    *,
    formats: list[str],
    subjects: set[str],
    known: Memory,
    folder: Path,
) -> Made:
    """Render a report again from what may be told of its results.

    Parameters
    ----------
    project : Project
    run : Path
        From `run_of`.
    profile : Profile
    formats : list of str
        html, docx, pdf.
    subjects : set of str
        Every subject id of the run.
    known : Memory
        What earlier releases have told.
    folder : Path
        Where the files are written.

    Raises
    ------
    UserError
        If the report's own text states counts of people that are no results.
    """
    from analysis.study import as_study
    from pipeline.render import render

    content = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    with publish.in_words_of(content, project.root):
        rows = results_of(run)
        level = content["study"]["statistics"]["confidence_level"]
        released = protect(rows, profile, level=level, also=known.hold, before=known.before)
        stage = folder / "stage"
        shutil.copytree(run / "stage", stage)
        left_out: list[tuple[str, str]] = []
        if profile.protects:
            study = content["study"]["id"]
            stated_numbers = _known(project, run, stage, study)
            _refuse_typed(stage, _params(project, study))
            sentences = _sentences(project, study) | labels_of(as_study(content["study"]))
            left_out = _notebooks(run, stage, rows, released, profile, stated_numbers, subjects, sentences)
            _variables(run, stage, released)
            _of_the_study_file(stage, Lookup(rows, released.told(), profile))
        _cover(stage, profile)
        made = {}
        for to in formats:
            output = folder / publish.page(to)
            render(
                in_one(stage, to, folder / f"stage-{to}"),
                to=to,
                output=output,
                memory=operation_of(project.root).memory,
            )
            if profile.watermark and to == "html":
                output.write_text(
                    marked(output.read_text(encoding="utf-8"), profile.watermark), encoding="utf-8"
                )
            made[to] = output
        return Made(made, released, left_out)


def in_one(stage: Path, to: str, folder: Path) -> Path:
    """A stage of all that one format shows, as one document, without the divisions of the supplement.

    A table or figure that the first screen and the supplement both show stands in it once.

    Parameters
    ----------
    stage : Path
        The report as a whole, its parts apart.
    to : str
        html, docx, pdf.
    folder : Path
        Where the stage is made; not there yet.
    """
    from pipeline.render.checks.stage import CLOSE, OPEN, visible_lines
    from pipeline.render.source import include_lines, metadata, plain, shortcodes, split_front_matter

    shutil.copytree(stage, folder)
    seen: set[str] = set()
    lines: list[str] = []
    inside: list[
        bool
    ] = []  # divisions around a line, and whether each says no more than that it is the supplement's
    for line in visible_lines(include_lines(stage), metadata(stage, to), to):
        opens = None if line.code else OPEN.match(line.text)
        closes = not opens and not line.code and inside and CLOSE.match(line.text)
        if opens:
            inside.append(".supplement" in opens[1])
        if (opens and inside[-1]) or (closes and inside.pop()):  # a page on its side can stand in no division
            lines.append("")
            continue
        shown = {argument for code, argument in shortcodes(line) if code == "embed"}
        lines.append("" if shown & seen else line.text)
        seen |= shown
    front, _ = split_front_matter((stage / "index.qmd").read_text(encoding="utf-8"), "index.qmd")
    head = ["---", json.dumps(plain(front), ensure_ascii=False), "---", ""]
    (folder / "index.qmd").write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
    return folder


def _variables(run: Path, stage: Path, released: Released) -> None:
    """The numbers of the text, told from released results; names that a choice stands for as in the report."""
    from pipeline.variables import formatted, used_ids
    from pipeline.words import directions_of, words_of

    settings = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    _, chosen = words_of(settings["study"])
    used = used_ids([file.read_text(encoding="utf-8") for file in sorted(stage.rglob("*.qmd"))])
    better = directions_of(settings["study"])
    told = formatted(released.rows, publish.digits_of(run), used=used, chosen=chosen, better=better)
    publish.write_yaml(stage / "_variables.yml", told)


def _known(project: Project, run: Path, stage: Path, study: str) -> set[str]:
    """Numbers that the study's files, its notebooks and the text itself state."""
    texts = [file.read_text(encoding="utf-8") for file in stage.rglob("*.qmd")]
    texts += [json.dumps(json.loads(file.read_text("utf-8"))) for file in (run / "params").glob("*.json")]
    return stated(SHORTCODE.sub(" ", text) for text in texts) | _params(project, study)


def _params(project: Project, study: str) -> set[str]:
    """Numbers that the parameters of a study state."""
    files = (project.root / "params" / study).glob("*.yml")
    numbers = stated(file.read_text(encoding="utf-8") for file in files)
    return numbers | {f"{100 * float(level):g}" for level in numbers if level.startswith("0.")}


def _sentences(project: Project, study: str) -> frozenset[str]:
    """The texts of a study's parameters, as they stand and in the language of the report."""
    found: set[str] = set()
    waiting = [
        reader().load(file.read_text(encoding="utf-8"))
        for file in (project.root / "params" / study).glob("*.yml")
    ]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            found |= {" ".join(text.split()) for text in (part, tr(part))}
        elif isinstance(part, dict | list):
            waiting += part.values() if isinstance(part, dict) else part
    return frozenset(found)


def labels_of(study: "Study") -> frozenset[str]:
    """What variables are called: a number in a name counts nobody, as in the joints of a count of 68."""
    labels = [column.label for name in study.table_names() for column in study.columns(name).values()]
    return frozenset(text for label in labels if label for text in (label, tr(label)))


def _text(stage: Path) -> str:
    """The staged text of a report with the parts that it takes in."""
    from pipeline.render.source import include_lines

    return "\n".join(line.text for line in include_lines(stage))


def _refuse_typed(stage: Path, known: set[str]) -> None:
    """Stop at counts of people that are typed in the prose."""
    text = _text(stage)
    text = QUOTED.sub(" ", SHORTCODE.sub(" VAR ", text))
    found = [
        repr(" ".join(phrase.split()))
        for part in re.split(r"(?<=[.:;])\s+|\n\n", text)
        if "[@" not in part
        for phrase in typed_counts(part, known)
    ]
    if found:
        listed = "\n  ".join(found[:10])
        raise UserError(
            "the text states numbers that are no results and not of the plan; give each by its result "
            f"({{{{< var ... >}}}}), or mark it as known beforehand ([three patients]{{.stated}}):\n  {listed}"
        )


def _notebooks(run, stage, rows, released, profile, known, subjects, sentences) -> list[tuple[str, str]]:
    """Every notebook told again, in place of the staged one."""
    from pipeline.render import stage_figures, stage_notebook

    left_out, undeclared, again, told = [], [], [], released.told()
    sizes = sizes_told(rows, told)
    for staged in sorted((stage / "notebooks").glob("*.ipynb")):
        executed = json.loads((run / "notebooks" / staged.name).read_text(encoding="utf-8"))
        own = [row for row in rows if row["notebook"] == staged.stem]
        lookup = Lookup(own, told, profile, released.unsized, sizes)
        redactor = Redactor(lookup, profile, known, subjects, sentences=sentences)
        shown = redactor.notebook(executed)
        again.append(shown)
        staged.write_text(json.dumps(stage_notebook(shown), ensure_ascii=False), encoding="utf-8")
        left_out += redactor.findings
        undeclared += [f"#{label} ({staged.stem})" for label in redactor.undeclared]
    stage_figures(stage, again)
    if undeclared:
        raise UserError(
            "tables do not say which results they show; add a line to the cell of each: #| shows: ANALYSIS, as its "
            "notebook names it, or #| shows: none where no number is of patients:\n  "
            + "\n  ".join(undeclared)
        )
    return left_out


def _of_the_study_file(stage: Path, lookup: Lookup) -> None:
    """Counts of people in what the study file says of its data, told as those of a caption are."""
    file = stage / "_metadata.yml"
    content = json.loads(file.read_text(encoding="utf-8"))
    told = {content[name]: counts_told(content[name], lookup) for name in SAID if content.get(name)}
    extra = [
        {**line, "value": told.get(line["value"], line["value"])} for line in content.get("cover-extra", [])
    ]
    content |= {name: told[content[name]] for name in SAID if content.get(name)}
    file.write_text(json.dumps({**content, "cover-extra": extra}, ensure_ascii=False), encoding="utf-8")


def _cover(stage: Path, profile: Profile) -> None:
    """What a reader of the release must know."""
    file = stage / "_metadata.yml"
    content = json.loads(file.read_text(encoding="utf-8"))
    if profile.watermark:  # in the running head of Word and PDF; a page has it across, too
        label = tr(str(content.get("state-word") or content.get("state") or ""))
        content["state-label"] = " · ".join(filter(None, (label.capitalize(), profile.watermark)))
    if profile.protects:
        parts = [
            tr(
                "Released under the profile {profile}: counts below {smallest} and what would give them away are "
                "suppressed, shown as [s].",
                profile=profile.name,
                smallest=profile.smallest,
            ),
            "" if profile.zero else tr("So is a count of zero."),
            tr(
                "The other counts are rounded to {multiple}, and what is made from counts is made from these.",
                multiple=profile.multiple,
            )
            if profile.multiple > 1
            else "",
            tr("Extremes, listings and single patients are left out."),
        ]
        text = " ".join(filter(None, parts))
    else:
        text = tr("Released for {readers}.", readers=tr(profile.readers))
    extra = [*content.get("cover-extra", []), {"term": tr("Release"), "value": text}]
    file.write_text(json.dumps({**content, "cover-extra": extra}, ensure_ascii=False), encoding="utf-8")


def temporary() -> tempfile.TemporaryDirectory:
    """A folder for one release, gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="share-")


def marked(page: str, text: str) -> str:
    """A page with a mark across it, on screen and in print."""
    style = (
        "<style>body::after{content:'" + text + "';position:fixed;inset:0;display:grid;place-items:center;"
        "font:700 9vw sans-serif;color:rgb(0 0 0/.07);transform:rotate(-25deg);pointer-events:none;z-index:9}</style>"
    )
    return page.replace("</head>", style + "</head>", 1)
