"""Set-up in a hospital: pip's mirror and certificate reach uv, every step has pip behind it, old Python is told."""

import re
import subprocess
import sys

import pytest

from pipeline.pip_settings import for_uv

LISTED = """\
global.index-url='https://mirror.hospital/simple'
global.cert='CERT'
global.trusted-host='mirror.hospital'
site.proxy='http://proxy:3128'
user.index-url='https://nearer.hospital/simple'
:env:.disable-pip-version-check='1'
"""


def test_mirror_certificate_and_proxy_of_pip_are_told_to_uv(tmp_path):
    cert = tmp_path / "ca.pem"
    cert.touch()
    assert for_uv(LISTED.replace("CERT", str(cert)), known={}) == {
        "UV_DEFAULT_INDEX": "https://nearer.hospital/simple",  # the user's goes before that of all
        "SSL_CERT_FILE": str(cert),
        "UV_INSECURE_HOST": "mirror.hospital",
        "ALL_PROXY": "http://proxy:3128",
    }


def test_what_is_set_already_or_does_not_exist_is_left_alone(tmp_path):
    listed = LISTED.replace("CERT", str(tmp_path / "none.pem"))
    told = for_uv(listed, known={"UV_DEFAULT_INDEX": "https://own/simple"})
    assert "SSL_CERT_FILE" not in told
    assert "UV_DEFAULT_INDEX" not in told


def test_further_indexes_are_looked_at_as_pip_looks_at_them():
    told = for_uv("global.extra-index-url='https://a/simple\\nhttps://b/simple'", known={})
    assert told == {
        "UV_INDEX": "https://a/simple https://b/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


@pytest.fixture
def bare(root, tmp_path):
    """A folder with the Makefile and stand-ins for Python, pip and uv that write down how they are called."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    bin_ = tmp_path / ".venv" / "bin"
    bin_.mkdir(parents=True)

    def stand_in(name, exit_code=0):
        file = tmp_path / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> calls\nexit {exit_code}\n')
        file.chmod(0o755)

    for name in ("python", ".venv/bin/python", ".venv/bin/pip"):
        stand_in(name)
    return tmp_path, stand_in


def set_up(folder):
    done = subprocess.run(
        ["make", "-s", ".venv/ready", "PYTHON=./python"], cwd=folder, capture_output=True, text=True
    )
    calls = (folder / "calls").read_text().splitlines()
    return done.returncode, [re.sub(r"-q |--disable-pip-version-check ", "", call) for call in calls]


@pytest.mark.parametrize("uv", ["absent", "failing"])
def test_pip_takes_every_step_that_uv_cannot_take(bare, uv):
    folder, stand_in = bare
    if uv == "failing":
        stand_in(".venv/bin/uv", exit_code=2)
    code, calls = set_up(folder)
    assert code == 0
    assert (
        ".venv/bin/pip install --no-deps --require-hashes -r requirements.lock" in calls
    )  # extras have no hash
    assert ".venv/bin/pip install --no-deps -e ." in calls


def test_with_uv_pip_only_brings_uv(bare):
    folder, stand_in = bare
    stand_in(".venv/bin/uv")
    _, calls = set_up(folder)
    assert [call for call in calls if call.startswith(".venv/bin/pip")] == [".venv/bin/pip install uv"]


def test_a_python_that_is_too_old_is_told_what_is_needed(root):
    """The line of the Makefile, run as an old Python would: nothing in it is newer than Python 2.7."""
    text = (root / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r'\$\(PYTHON\) -c "(.*)"$', text, re.M)
    line = line.replace("$(PYTHON)", "python3.10").replace("$(MAKECMDGOALS)", "report")
    code = line.replace("import sys;", "import sys; sys.version_info = (3, 10, 13);")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (told.returncode, told.stderr.strip()) == (
        1,
        "python3.10 is Python 3.10; 3.11 or newer is needed, for example: make report PYTHON=python3.12",
    )
    assert subprocess.run([sys.executable, "-c", line]).returncode == 0
