"""Notebooks in JupyterLab, with what they read prepared beforehand."""

import subprocess
import sys

from pipeline.project import Project, UserError


def open_lab(project: Project, *, studies: list[str], report: str, port: int | None, browser: bool) -> None:
    """Prepare the datasets of the studies and start JupyterLab in the project; returns when it ends."""
    from pipeline import plan

    request = plan.Request(studies=studies, reports=[report])
    session = plan.run(project, request, workers=2, only="datasets")
    if session.exit_code != 0:
        raise UserError("the datasets could not be prepared; `study check` says what is wrong")
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir", str(project.root)]
    command += ["--LabApp.default_url", "/lab/tree/notebooks"]
    command += [] if browser else ["--no-browser"]
    command += ["--port", str(port)] if port else []
    subprocess.run(command, cwd=project.root, check=False)
