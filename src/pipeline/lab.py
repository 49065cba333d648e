"""Notebooks in JupyterLab, with what they read prepared beforehand."""

import os
import signal
import subprocess
import sys

from pipeline.project import Project, UserError, as_json

ASKED = "STUDY_ASKED_FOR"  # read by `pipeline.asked` in the server of JupyterLab


def open_lab(project: Project, *, studies: list[str], report: str, port: int | None, browser: bool) -> int:
    """Prepare the datasets of the studies and start JupyterLab in the project; its exit code when it ends."""
    from pipeline import plan, runner

    request = plan.Request(studies=studies, reports=[report], sites=())
    session = runner.run(project, request, workers=2, only="datasets")
    if session.exit_code != 0:
        raise UserError("the datasets could not be prepared; `study check STUDY` says what is wrong")
    asked = {ASKED: as_json(asked_for(project, studies[0], report))} if len(studies) == 1 else {}
    command = lab_command(project, port=port, browser=browser)
    return _wait(subprocess.Popen(command, cwd=project.root, env={**os.environ, **asked}))


def asked_for(project: Project, study: str, report: str) -> dict[str, dict]:
    """The parameters that notebooks show when they are opened: the study, the report, and those of its file."""
    from analysis import read

    folder = project.root / "params" / study
    analysis = read.analysis(folder / f"{report}.yml", read.study(folder / "study.yml"))
    given = {entry.name: dict(entry.parameters) for entry in analysis.notebooks}
    return {"*": {"study": study, "report": report}, **given}


def lab_command(project: Project, *, port: int | None, browser: bool) -> list[str]:
    """JupyterLab in the folder of the notebooks; it asks nothing of the network.

    Unlike the kernels of unattended runs, those of JupyterLab talk over ports of the loopback interface, which other
    users of a shared machine can reach; what they say is encrypted.
    """
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir", str(project.root)]
    command += ["--LabApp.default_url", "/lab/tree/notebooks", "--LabApp.extension_manager", "readonly"]
    command += ["--LabApp.check_for_updates_class", "jupyterlab.NeverCheckForUpdate"]
    command += ["--LabApp.news_url", "None", "--KernelManager.transport_encryption", "auto"]
    command += ["--ServerApp.contents_manager_class", "pipeline.asked.AskedContents"]
    command += [] if browser else ["--no-browser"]
    command += ["--port", str(port)] if port else []
    if (
        hasattr(os, "geteuid") and os.geteuid() == 0
    ):  # in a container; it has no more rights than this command
        command.append("--allow-root")
    return command


def _wait(lab: subprocess.Popen) -> int:
    """Wait for JupyterLab; Ctrl-C is its own business (it asks, and ends its kernels), an order to end is passed on."""
    for number, handler in ((signal.SIGINT, signal.SIG_IGN), (signal.SIGTERM, lambda *_: lab.terminate())):
        signal.signal(number, handler)
    return lab.wait()
