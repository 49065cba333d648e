"""What makes a system start a scheduled render: systemd, cron, Windows, and a workflow for the example data."""

import hashlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.ending import Code
from pipeline.operating import Operation
from pipeline.project import UserError
from pipeline.schedule.times import Every

NAME = "study-render"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WINDOWS_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run when: the folder, the program, its words, the limits, and the folder of Quarto.

    cron and systemd look for programs in fewer folders than a person's shell, and a report made by another renderer is
    another report.
    """

    root: Path
    program: Path
    every: Every
    studies: Sequence[str]
    operation: Operation
    more: Path | None = None

    @property
    def name(self) -> str:
        """What its units are called: another folder, or other studies of this one, is another schedule beside it."""
        told = hashlib.sha256("\0".join([str(self.root), *self.studies]).encode()).hexdigest()[:6]
        plain = re.sub(r"[^A-Za-z0-9_]+", "-", "-".join([self.root.name, *self.studies])).strip("-")
        return f"{NAME}-{plain[:60]}-{told}"

    @property
    def words(self) -> list[str]:
        """The command and its words."""
        return [str(self.program), "render", *self.studies, "--scheduled"]


def systemd_service(job: Job) -> str:
    """The service: one render that ends, within its limits, whose files are its owner's alone.

    It may wait for another as long as that may run, before it begins.
    """
    memory = f"MemoryMax={job.operation.memory_limit}\n" if job.operation.memory_limit else "MemoryMax=90%\n"
    command = " ".join(_for_systemd(word) for word in job.words)
    return f"""[Unit]
Description=Scheduled reports of {job.root.name}
OnFailure={job.name}-failed.service

[Service]
Type=oneshot
WorkingDirectory={_escaped(str(job.root))}
EnvironmentFile=-%h/.config/{NAME}.env
{_systemd_path(job)}ExecStart={command}
# {int(Code.UNCHANGED)}: nothing had changed. {int(Code.LOCKED)}: another render was running and does the work.
SuccessExitStatus={int(Code.UNCHANGED)} {int(Code.LOCKED)}
TimeoutStartSec={2 * job.operation.run_limit + 300}
{memory}KillMode=control-group
PrivateTmp=yes
UMask=0077
Nice=5
NoNewPrivileges=yes
"""


def _systemd_path(job: Job) -> str:
    if job.more is None:
        return ""
    return f'Environment="PATH={SYSTEM_PATH}:{_escaped(str(job.more))}"\n'


def systemd_failed(job: Job) -> str:
    """What is started when the service fails: the line of `study health` goes into the journal as an error."""
    return f"""[Unit]
Description=Scheduled reports of {job.root.name} failed

[Service]
Type=oneshot
WorkingDirectory={_escaped(str(job.root))}
ExecStart=-{_for_systemd(str(job.program))} health
StandardOutput=journal
SyslogLevel=err
UMask=0077
"""


def systemd_timer(job: Job) -> str:
    """The timer: it catches up once after the machine was off, and never starts a second render beside the first."""
    days = "" if job.every.is_daily else ",".join(job.every.names) + " "
    return f"""[Unit]
Description=When the reports of {job.root.name} are rendered

[Timer]
OnCalendar={days}*-*-* {job.every.hour:02d}:{job.every.minute:02d}:00
Persistent=true
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
"""


def crontab(job: Job) -> str:
    """A line for a crontab: cron mails what is printed, so it is silent unless something is wrong.

    The command holds its own lock, so a slow night does not run into the next; the folder of the log is made first. On
    a full disk the log is empty: the last line goes to cron itself.
    """
    days = "*" if job.every.is_daily else ",".join(str((day + 1) % 7) for day in job.every.days)
    folder, command = shlex.quote(str(job.root)), shlex.join(job.words)
    path = f"PATH=$PATH:{shlex.quote(str(job.more))} && export PATH && " if job.more else ""
    well = f"[ $code = {int(Code.UNCHANGED)} ] || [ $code = {int(Code.LOCKED)} ]"
    log = f"build/log/{job.name}.log"
    shell = (
        f"cd {folder} && umask 077 && {path}mkdir -p build/log && {command} > {log} 2>&1; code=$?; "
        f"[ $code = 0 ] || {well} || {{ cat {log}; echo study render ended with code $code; exit $code; }}"
    )
    return f"{job.every.minute} {job.every.hour} * * {days} {shell.replace('%', chr(92) + '%')}\n"


def windows_task(job: Job) -> str:
    """A task for Windows (``schtasks /Create /XML``): no second one beside the first, started late if missed."""
    days = "".join(f"<{WINDOWS_DAYS[day]} />" for day in job.every.days)
    words = escape(subprocess.list2cmdline(job.words[1:]))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Scheduled reports of {escape(job.root.name)}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2025-01-01T{job.every.hour:02d}:{job.every.minute:02d}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByWeek><DaysOfWeek>{days}</DaysOfWeek><WeeksInterval>1</WeeksInterval></ScheduleByWeek>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT{2 * job.operation.run_limit + 300}S</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(job.words[0])}</Command>
      <Arguments>{words}</Arguments>
      <WorkingDirectory>{escape(str(job.root))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def workflow(job: Job) -> str:
    """A workflow for a hosted runner: the example data only, in UTC; patients' data stay in the house."""
    days = "*" if job.every.is_daily else ",".join(str((day + 1) % 7) for day in job.every.days)
    minute = job.every.minute or 17
    return f"""# The example data only: patients' data never go to a hosted runner.
name: reports of the example data
on:
  schedule:
    - cron: "{minute} {job.every.hour} * * {days}"  # UTC; a hosted runner may start late or not at all
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: reports
  cancel-in-progress: false
jobs:
  reports:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
        with: {{persist-credentials: false}}
      - uses: actions/setup-python@v5
        with: {{python-version: "3.12"}}
      - run: make report
      - uses: actions/upload-artifact@v4
        with: {{name: reports, path: reports/_site}}
"""


def written(job: Job) -> dict[str, str]:
    """Every file, by its name."""
    return {
        f"{job.name}.service": systemd_service(job),
        f"{job.name}.timer": systemd_timer(job),
        f"{job.name}-failed.service": systemd_failed(job),
        f"{job.name}.crontab": crontab(job),
        f"{job.name}.xml": windows_task(job),
        f"{job.name}.yml": workflow(job),
    }


def install(files: dict[str, str], folder: Path) -> list[list[str]]:
    """Put the units of systemd into the user's folder and start the timer; the commands that were run.

    Raises
    ------
    UserError
        If there is no systemd of the user, or it refuses.
    """
    program = shutil.which("systemctl")
    if program is None:
        raise UserError(
            "there is no systemctl here; use the crontab line, or the task for Windows, that was written"
        )
    folder.mkdir(parents=True, exist_ok=True)
    units = [name for name in files if name.endswith((".service", ".timer"))]
    for name in units:
        (folder / name).write_text(files[name], encoding="utf-8")
    timers = [name for name in units if name.endswith(".timer")]
    commands = [[program, "--user", "daemon-reload"], [program, "--user", "enable", "--now", *timers]]
    for command in commands:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise UserError(
                f"{' '.join(command[1:])} was refused: {ended.stderr.strip() or ended.stdout.strip()}"
            )
    return commands


def _for_systemd(word: str) -> str:
    """A word of a command line for systemd: quoted where it must be, with its own signs doubled."""
    word = _escaped(word).replace("$", "$$")
    if any(sign in word for sign in " \t\"'\\;"):
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return word


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
