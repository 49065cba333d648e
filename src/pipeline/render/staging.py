"""Executed notebooks on their way into a stage.

A caption or alternative text that depends on the data is given when the cell shows its result:

    display(figure, metadata={"fig-cap": f"Change by visit, n = {n}", "fig-alt": text})
    display(Markdown(table), metadata={"tbl-cap": caption})

`stage_notebook` writes these into the cell's ``#|`` options, which both renderers read.
"""

from __future__ import annotations

import json
import re

from analysis import media
from pipeline.render.notebook import CAPTIONS, OPTION, source_text

TABLE = re.compile(r"^<table\b.*?</table>[ \t]*$", re.DOTALL | re.MULTILINE)


def stage_notebook(content: dict) -> dict:
    """An executed notebook as the renderers should get it.

    Parameters
    ----------
    content : dict
        An executed notebook as JSON. It is not changed.

    Returns
    -------
    dict
        A copy: captions given by ``display(..., metadata=...)`` are `#|` options of their cell, replacing
        what stood there; HTML tables inside Markdown output are fenced as raw HTML, so that both renderers
        parse them into real tables; HTML beside Markdown (for JupyterLab), published results, timestamps and
        parameters of the run are gone.
    """
    content = json.loads(json.dumps(content))
    content.get("metadata", {}).pop("papermill", None)
    for cell in content["cells"]:
        for key in ("papermill", "execution"):
            cell.get("metadata", {}).pop(key, None)
        if cell["cell_type"] == "code":
            _fold_cell(cell)
            for output in cell.get("outputs", []):
                for kind in [kind for kind in output.get("data", {}) if kind.startswith(media.OWN)]:
                    del output["data"][kind]
                _fence_tables(output)
    return content


def fence_tables(text: str) -> str:
    """Markdown whose HTML tables stand in raw blocks; those already fenced stay."""
    parts = re.split(r"(^```\{=html\}.*?^```[ \t]*$)", text, flags=re.DOTALL | re.MULTILINE)
    fenced = [
        part if place % 2 else TABLE.sub(lambda match: f"```{{=html}}\n{match[0]}\n```", part)
        for place, part in enumerate(parts)
    ]
    return "".join(fenced)


def _fence_tables(output: dict) -> None:
    if output["output_type"] == "stream":
        output["text"] = fence_tables(source_text(output["text"]))
    elif "text/markdown" in output.get("data", {}):
        output["data"].pop("text/html", None)  # for JupyterLab; Quarto would take it for pages
        output["data"]["text/markdown"] = fence_tables(source_text(output["data"]["text/markdown"]))


def _fold_cell(cell: dict) -> None:
    given = {}
    for output in cell.get("outputs", []):
        details = output.get("metadata") or {}
        given |= {key: details.pop(key) for key in CAPTIONS if key in details}
    if not given:
        return
    source = source_text(cell["source"])
    kept = [line for line in source.splitlines() if not _sets(line, given)]
    added = [
        f"#| {key}: {json.dumps(' '.join(str(text).split()), ensure_ascii=False)}"
        for key, text in given.items()
    ]
    cell["source"] = "\n".join([*added, *kept])


def _sets(line: str, keys: dict) -> bool:
    match = OPTION.match(line)
    return match is not None and match[1].split(":")[0].strip() in keys
