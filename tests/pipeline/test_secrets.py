"""No message of a library shows an address or token that a study file names."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.panel import Panel
from rich.text import Text

from analysis.read.locate import SourceError
from analysis.read.sources import read_source
from pipeline.console import Terminal
from pipeline.secrets import HIDDEN, hide

PASSWORDS = ["simple", "with blank", 'with "quotes"', "with'apostrophe", "p@ss:word/1", "50%+1", "中文密码"]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "params" / "s"
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text(
        "sources:\n  - {id: a, type: sql, url_env: HERE_URL, token_env: 'HERE_KEY'}\n"
    )
    return tmp_path


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_is_hidden_in_every_form(root, monkeypatch, password):
    from urllib.parse import quote, quote_plus

    address = f"postgresql://me:{password}@host/db"
    monkeypatch.setenv("HERE_URL", address)
    for form in (
        address,
        repr(address),
        password,
        quote(password, safe=""),
        quote_plus(password),
        repr(password),
    ):
        told = hide(f"OperationalError: could not connect to {form}!", root)
        assert password not in told
        assert HIDDEN in told


@pytest.mark.parametrize("token", [*PASSWORDS, "A1B2C3D4E5F60718293A4B5C6D7E8F90"])
def test_a_token_is_hidden(root, monkeypatch, token):
    monkeypatch.setenv("HERE_KEY", token)
    assert token not in hide(f"403 for token={token}: {token!r}", root)


@pytest.mark.parametrize("token", PASSWORDS)
@pytest.mark.parametrize(
    "shown", [str, repr, lambda token: Panel(Text(token, "red"))], ids=["text", "repr", "styled"]
)
def test_a_console_prints_none_whoever_quotes_it(root, monkeypatch, token, shown):
    """Commands print what they found in many ways; each of them has a console."""
    monkeypatch.setenv("SOME_TOKEN", token)
    console = Terminal(file=io.StringIO(), width=80)
    console.print(shown(token))
    told = console.file.getvalue()
    assert token not in told
    assert HIDDEN in told


BROKEN = [
    ("sql", {"HERE_URL": "postgresql://me:pa@ss:wo/rd@127.0.0.1:9/db", "HERE_KEY": "x"}),
    ("sql", {"HERE_URL": "nonsense with wo/rd", "HERE_KEY": "x"}),
    ("redcap_api", {"HERE_URL": "http://127.0.0.1:9/api/", "HERE_KEY": "pa@ss wo/rd"}),
    ("redcap_api", {"HERE_URL": "pa@ss wo/rd", "HERE_KEY": "A" * 32}),
]


@pytest.mark.parametrize(("kind", "held"), BROKEN)
def test_a_source_that_cannot_be_asked_quotes_no_part_of_its_address_or_token(monkeypatch, kind, held):
    """A part may be too short to be searched for."""
    for name, value in held.items():
        monkeypatch.setenv(name, value)
    source = SimpleNamespace(
        id="people",
        type=kind,
        path=None,
        url_env="HERE_URL",
        token_env="HERE_KEY",
        query="select 1",
        forms=[],
    )
    with pytest.raises(SourceError, match="source people: ") as raised:
        read_source(source, Path("/nonexistent"))
    assert not [part for part in ("pa", "ss", "wo", "rd", "nonsense") if f"'{part}" in str(raised.value)]
    assert "HERE_URL" in str(raised.value) or "could not be reached" in str(raised.value)


def test_ordinary_words_stay(root, monkeypatch):
    monkeypatch.setenv("HERE_KEY", "A1B2C3D4E5")
    assert hide("there is no column age", root) == "there is no column age"
