"""Addresses and tokens that a study file names are known here, so that no message of a library prints them.

A library puts what it was given into its errors: whole, quoted for an address, or with its parts escaped. Each form is
searched for.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

NAMED = re.compile(r"\b\w+_env[\"']?\s*:\s*[\"']?(\w+)")
TELLING = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY|CREDENTIAL", re.IGNORECASE)
SHORTEST = 4
HIDDEN = "[hidden]"


def secrets_in_use(root: Path | None) -> list[str]:
    """Every form in which a secret of this folder's studies can show, the longest first."""
    names = {name for name in os.environ if TELLING.search(name)}
    for file in sorted((root / "params").glob("*/*.yml")) if root else ():
        try:
            status = file.stat()
            names |= _named_in(file, (status.st_size, status.st_mtime_ns, status.st_ino))
        except OSError:
            continue
    forms = {form for name in names if os.environ.get(name) for form in _forms(os.environ[name])}
    return sorted((form for form in forms if len(form) >= SHORTEST), key=len, reverse=True)


@lru_cache(maxsize=256)
def _named_in(file: Path, mark: tuple[int, int, int]) -> frozenset[str]:
    """The variables that a file names; `mark` is another one when it was written to."""
    return frozenset(NAMED.findall(file.read_text(encoding="utf-8", errors="replace")))


def _forms(value: str) -> Iterator[str]:
    for part in (value, value.strip(), *_parts(value)):
        yield from (part, unquote(part), quote(part, safe=""), quote(part), quote_plus(part))
        yield from (repr(part)[1:-1], part.replace('"', '\\"'), part.replace("'", "\\'"))


def _parts(value: str) -> Iterator[str]:
    """User name with password, and the password, of an address; also where a password holds @ or a colon."""
    _, found, rest = value.partition("://")
    if not found:
        return
    login, at, _ = rest.rpartition("@")
    if at:
        yield login
        yield login.partition(":")[2]
    try:
        if password := urlsplit(value).password:
            yield password
    except ValueError:
        return


def hide(text: str, root: Path | None) -> str:
    """The text without any secret in use."""
    return without(text, secrets_in_use(root))


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, the longest of which come first."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def hide_within(content: Any, root: Path | None) -> Any:
    """Plain data, such as a notebook, without any secret in use in its texts; pictures stay as they are."""
    secrets = secrets_in_use(root)
    return _replaced(content, secrets) if secrets else content


def _replaced(content: Any, secrets: list[str]) -> Any:
    if isinstance(content, dict):
        return {
            key: value if str(key).startswith("image/") else _replaced(value, secrets)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [_replaced(entry, secrets) for entry in content]
    return without(content, secrets) if isinstance(content, str) else content
