"""No message of a library shows an address or token that a study file names."""

import pytest

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


def test_ordinary_words_stay(root, monkeypatch):
    monkeypatch.setenv("HERE_KEY", "A1B2C3D4E5")
    assert hide("there is no column age", root) == "there is no column age"
