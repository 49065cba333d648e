"""Notebooks opened by ``study lab my_study`` show that study: the parameters cell holds what was asked for.

The file keeps its own defaults: what JupyterLab shows is written into the cell when the notebook is opened, and taken
out again when it is saved, unless somebody changed it.
"""

import json
import os
import re
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

ASKED = "STUDY_ASKED_FOR"  # JSON: by notebook, the value of each parameter


def with_parameters(source: str, given: dict) -> str:
    r"""A parameters cell with other values; lines of parameters that are not given stay.

    Examples
    --------
    >>> with_parameters('study: str = "ra"  # folder\npooled: bool = False  # arms', {"study": "mine"})
    'study: str = "mine"  # folder\npooled: bool = False  # arms'
    """

    def line(match: re.Match) -> str:
        return f"{match[1]}{given[match[2]]!r}{match[3]}".replace("'", '"') if match[2] in given else match[0]

    return re.sub(r"^((\w+): [\w\[\]]+ = )(?:(?!  #).)*(  #.*)?$", line, source, flags=re.M)


def parameters_of(content: dict) -> dict | None:
    """The parameters cell of a notebook, if it has one."""
    cells = content.get("cells", [])
    return next((cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])), None)


class AskedContents(AsyncLargeFileManager):
    """The files of JupyterLab, notebooks with the parameters that were asked for."""

    def _given(self, path: str) -> dict:
        asked = json.loads(os.environ.get(ASKED, "{}"))
        name = Path(path).stem if Path(path).suffix == ".ipynb" else ""
        return {**asked.get("*", {}), **asked.get(name, {})} if name else {}

    async def get(self, path, content=True, **kwargs):
        """A file; of a notebook the parameters cell with what was asked for."""
        model = await super().get(path, content=content, **kwargs)
        cell = parameters_of(model["content"]) if content and model["type"] == "notebook" else None
        if cell is not None:
            cell["source"] = with_parameters(cell["source"], self._given(path))
        return model

    async def save(self, model, path=""):
        """Save a file; a parameters cell that nobody changed is as it was in the file."""
        cell = (
            parameters_of(model["content"])
            if model.get("type") == "notebook" and "content" in model
            else None
        )
        before = await self._own(path) if cell is not None else None
        if before is not None and cell["source"] == with_parameters(before, self._given(path)):
            cell["source"] = before
        return await super().save(model, path)

    async def _own(self, path: str) -> str | None:
        """The parameters cell as the file has it."""
        if not await self.file_exists(path):
            return None
        cell = parameters_of((await super().get(path, content=True, type="notebook"))["content"])
        return cell["source"] if cell else None
