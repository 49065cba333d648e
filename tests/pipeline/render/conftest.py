"""A small staged report: the committed source, its values, and a notebook as it looks once executed."""

import base64
import io
import json
import shutil
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

import pytest

from pipeline.render import Rendered, render, stage_notebook

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

METADATA = {
    "study-title": "Abatacept in refractory dermatomyositis",
    "registry": "NCT04946669",
    "report-label": "Interim report",
    "state": "interim",
    "data-cut": "2025-06-30",
    "synthetic": True,
    "versions": ["code 0123456789ab", "pandas 3.1"],
    "cover-extra": [{"term": "Institution", "value": "风湿免疫科"}],
}


def span(text: str, ident: str, n: int) -> str:
    return f'[{text}]{{.result data-id="{ident}" data-n="{n}" data-method="paired t" data-notebook="change"}}'


def variables() -> dict:
    change = {
        "estimate": span("−8.3", "change.cdai.w24.estimate", 20),
        "conf_low": "−11.9",
        "conf_high": "−4.7",
        "p": "p < 0.001",
    }
    return {
        "flow": {"enrolled": {"n": span("20", "flow.enrolled.n", 20)}},
        "change": {"cdai": {"w24": change}, "tis": {"w24": {"n_pairs": "18"}}},
        "methods": {"confidence": "two-sided 95 %"},
    }


@cache
def figure_png() -> str:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    axes.plot([0, 4, 12, 24], [24.1, 20.0, 17.2, 15.8], marker="o")
    axes.set_xlabel("Week")
    axes.set_ylabel("CDAI (0-76)")
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=150, metadata={"Software": None})
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def markdown(text: str, **metadata: str) -> dict:
    data = {"text/markdown": text, "text/plain": "<Table>"}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def picture(png: str, **metadata: str) -> dict:
    data = {"image/png": png, "text/plain": "<Figure>"}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def cell(label: str, output: dict, *options: str) -> dict:
    source = "\n".join(
        [f"#| label: {label}", "#| echo: false", *(f"#| {option}" for option in options), "show()"]
    )
    return {
        "cell_type": "code",
        "id": label.replace("-", ""),
        "execution_count": 1,
        "metadata": {"papermill": {"end_time": "2025-07-01T08:00:00"}},
        "source": source,
        "outputs": [output],
    }


def html_table(head: list[list[str]], rows: list[list[str]]) -> str:
    """As the project's tables come: one raw HTML block, row headers first."""
    lines = ["```{=html}", "<table>", "<thead>"]
    lines += ["<tr>" + "".join(cells) + "</tr>" for cells in head]
    lines += ["</thead>", "<tbody>"]
    for name, *values in rows:
        if not values:
            lines.append(f'<tr><th scope="rowgroup" colspan="4">{escape(name)}</th></tr>')
        else:
            cells = "".join(f"<td>{escape(value)}</td>" for value in values)
            lines.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return "\n".join(
        [*lines, "</tbody>", "</table>", "```", "", "[Full analysis set; n (%) or mean (SD).]{.table-note}"]
    )


def baseline_table() -> str:
    head = [
        ["<td></td>", '<th scope="colgroup" colspan="2">Antibody</th>', "<th></th>"],
        [f'<th scope="col">{name}</th>' for name in ("", "MDA5 (n = 8)", "Other (n = 12)", "All (n = 20)")],
    ]
    rows = [
        ["Demography"],
        ["Age, years", "51.2 (11.0)", "48.9 (9.4)", "49.8 (9.9)"],
        ["Women", "6 (75.0)", "9 (75.0)", "15 (75.0)"],
        ["Disease"],
        ["Duration, years", "2.1", "10.25", "–"],
    ]
    return html_table(head, rows)


def change_table() -> str:
    rows = ["| Visit | n | Mean | 95 % CI | p |", "|:--|--:|--:|:-:|--:|"]
    rows += [
        "| Week 12 | 19 | −6.9 | −10.1 to −3.7 | 0.0004 |",
        "| Week 24 | 18 | −8.3 | −11.9 to −4.7 | < 0.0001 |",
    ]
    return "\n".join(rows)


def wide_table() -> str:
    visits = [f"Week {week}" for week in (0, 2, 4, 8, 12, 16, 20, 24, 32, 40, 48, 60)]
    rows = ["| Measure | " + " | ".join(visits) + " |", "|:--|" + "--:|" * len(visits)]
    for name in (
        "Physician global, mm",
        "Patient global, mm",
        "MMT-8",
        "HAQ-DI",
        "Enzyme, U/L",
        "Extramuscular, mm",
    ):
        rows.append(f"| {name} | " + " | ".join(f"{50 - k}.{k % 10}" for k in range(len(visits))) + " |")
    return "\n".join(rows)


def listing_table() -> str:
    rows = ["| Subject | Term | Grade | Day |", "|:--|:--|--:|--:|"]
    terms = ["Upper respiratory infection", "Herpes zoster", "肺炎 Pneumonia", "Headache"]
    rows += [
        f"| S{number:02d} | {terms[number % 4]} | {number % 3 + 1} | {number * 37 % 150} |"
        for number in range(1, 46)
    ]
    return "\n".join(rows)


def notebook() -> dict:
    caption = 'Change from baseline in CDAI, "observed cases", 95 % CI'
    small = "| Response | n | % |\n|:--|--:|--:|\n| Yes | 12 | {} |\n| No | {} | {} |\n"
    cells = [
        cell("tbl-baseline", markdown(baseline_table(), **{"tbl-cap": "Baseline characteristics, n = 20"})),
        cell("tbl-change", markdown(change_table()), f"tbl-cap: {json.dumps(caption)}"),
        cell(
            "fig-change",
            picture(figure_png(), **{"fig-alt": "Mean CDAI falls from 24.1 to 15.8 at week 24."}),
            "fig-cap: Mean CDAI by visit, n = 18",
        ),
        cell(
            "tbl-observed", markdown(small.format("66.7", 6, "33.3")), "tbl-cap: Responders, observed cases"
        ),
        cell(
            "tbl-imputed",
            markdown(small.format("60.0", 8, "40.0")),
            "tbl-cap: Responders, non-responder imputation",
        ),
        cell("tbl-wide", markdown(wide_table()), "tbl-cap: Core set measures by visit"),
        cell("tbl-listing", markdown(listing_table()), "tbl-cap: Adverse events"),
    ]
    metadata = {"papermill": {"input_path": "/home/somebody/in.ipynb"}, "kernelspec": {"name": "python3"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def lay_out(stage: Path, *, source: str | None = None, metadata: dict | None = None) -> Path:
    """Write the stage: as committed, or with another source or metadata."""
    shutil.copytree(HERE / "fixture", stage, dirs_exist_ok=True)
    shutil.copy(ROOT / "_quarto.yml", stage)
    if source is not None:
        (stage / "index.qmd").write_text(source, encoding="utf-8")
    (stage / "design.png").write_bytes(base64.b64decode(figure_png()))
    (stage / "notebooks").mkdir(exist_ok=True)
    staged = stage_notebook(notebook())
    (stage / "notebooks" / "change.ipynb").write_text(json.dumps(staged), encoding="utf-8")
    (stage / "_variables.yml").write_text(json.dumps(variables(), ensure_ascii=False), encoding="utf-8")
    details = METADATA | (metadata or {})
    (stage / "_metadata.yml").write_text(json.dumps(details, ensure_ascii=False), encoding="utf-8")
    return stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small report, staged as the machinery does it."""
    return lay_out(tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="session")
def laid_out() -> Callable[..., Path]:
    """Function: a stage of one's own in a folder, for tests that share one."""
    return lay_out


@pytest.fixture
def stage_with(tmp_path: Path) -> Callable[..., Path]:
    """Stages of one's own: another source, other metadata."""

    def make(source: str | None = None, **metadata: object) -> Path:
        return lay_out(tmp_path / "stage", source=source, metadata=metadata)

    return make


@pytest.fixture(scope="session")
def rendered(stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Rendered]:
    """The small report in one format by one renderer, rendered once for all tests."""
    folder, done = tmp_path_factory.mktemp("out"), {}

    def get(to: str, engine: str = "embedded") -> Rendered:
        if (to, engine) not in done:
            output = folder / f"{engine}.{to}"
            done[to, engine] = render(stage, to=to, output=output, engine=engine)
        return done[to, engine]

    return get


@pytest.fixture(scope="session")
def page(rendered: Callable[..., Rendered]) -> str:
    """The small report's HTML by the embedded renderer."""
    return rendered("html").path.read_text(encoding="utf-8")


@pytest.fixture
def raw_notebook() -> dict:
    """The notebook as it leaves execution, before staging."""
    return notebook()
