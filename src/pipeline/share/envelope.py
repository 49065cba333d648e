"""A file in an envelope: one HTML page that asks for a passphrase and opens offline, in the browser itself.

The content is encrypted once with a random key (AES-256-GCM). Each passphrase opens a slot that holds that key,
encrypted with one derived from the passphrase (PBKDF2 with SHA-256, 600,000 iterations, its own random salt). The page
has no other script and fetches nothing. What this does not do: it does not hide size, date or name of the file, does
not protect against whoever has the passphrase or the reader's machine, and cannot be taken back.
"""

import base64
import hashlib
import json
import os
import re
import secrets
from importlib import resources

from pipeline.project import UserError

ITERATIONS = 600_000
SALT, NONCE, KEY = 16, 12, 32
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that are taken for others
MARK = "study-envelope-1"
OPENED, CLOSED = '<script type="application/json" id="sealed">', "</script>"


def new_passphrase() -> str:
    """A passphrase of about 119 bits, in groups that can be read out.

    Examples
    --------
    >>> len(new_passphrase())
    29
    """
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(6))
    return "-".join(groups)


def wrap(content: bytes, name: str, passphrases: list[str]) -> str:
    """A page that holds a file and gives it to whoever knows one of the passphrases.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name.
    passphrases : list of str
        One slot each; at least 12 characters.

    Raises
    ------
    UserError
        If a passphrase is short, or there is none.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from pipeline.render.page import digest

    if not passphrases or any(len(phrase) < 12 for phrase in passphrases):
        raise UserError("a passphrase needs 12 characters or more; leave it out and one is made")
    key, nonce = secrets.token_bytes(KEY), secrets.token_bytes(NONCE)
    inner = json.dumps({"name": name}).encode() + b"\0" + content
    sealed = {
        "format": MARK,
        "iterations": ITERATIONS,
        "slots": [_slot(key, phrase) for phrase in passphrases],
        "nonce": _text(nonce),
        "content": _text(AESGCM(key).encrypt(nonce, inner, MARK.encode())),
    }
    folder = resources.files("pipeline.share") / "assets"
    script = (folder / "open.js").read_text(encoding="utf-8")
    page = (folder / "envelope.html").read_text(encoding="utf-8")
    allowed = [digest(script)]
    if name.endswith(".html"):  # the policy of this page goes on ruling when the report stands in its place
        allowed += _allowed_by(content.decode("utf-8"))
    return (
        page.replace("@SCRIPTS@", " ".join(dict.fromkeys(allowed)))
        .replace("@SEALED@", json.dumps(sealed))
        .replace("@SCRIPT@", script)
    )


def unwrap(page: str, passphrase: str) -> tuple[str, bytes]:
    """The name and the content of the file that a page holds.

    Raises
    ------
    UserError
        If the page is no envelope, the passphrase is wrong, or the page was changed.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = _sealed(page)
    for slot in sealed["slots"]:
        try:
            derived = _derived(passphrase, _bytes(slot["salt"]), sealed["iterations"])
            key = AESGCM(derived).decrypt(_bytes(slot["nonce"]), _bytes(slot["key"]), MARK.encode())
        except InvalidTag:
            continue
        try:
            inner = AESGCM(key).decrypt(_bytes(sealed["nonce"]), _bytes(sealed["content"]), MARK.encode())
        except InvalidTag:
            raise UserError("the file was changed after it was sealed; ask for it again") from None
        head, _, content = inner.partition(b"\0")
        return json.loads(head)["name"], content
    raise UserError("the passphrase does not open this file, or the file was changed")


def _allowed_by(page: str) -> list[str]:
    """The scripts that a page's own policy lets run; what else stands in it stays dead."""
    found = re.search(r"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"", page)
    return re.findall(r"'sha256-[\w+/=]+'", found[1]) if found else []


def _sealed(page: str) -> dict:
    """What the page holds."""
    start = page.find(OPENED)
    end = page.find(CLOSED, start)
    try:
        sealed = json.loads(page[start + len(OPENED) : end]) if start >= 0 else {}
        whole = sealed.get("format") == MARK and {"slots", "nonce", "content", "iterations"} <= sealed.keys()
    except ValueError:
        whole = False
    if not whole:
        raise UserError("this is no file that `study share --passphrase` made, or it was cut short")
    if sealed["iterations"] < ITERATIONS:
        raise UserError("the file asks for fewer iterations than any that was made here: it was changed")
    return sealed


def _slot(key: bytes, passphrase: str) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    sealed = AESGCM(_derived(passphrase, salt, ITERATIONS)).encrypt(nonce, key, MARK.encode())
    return {"salt": _text(salt), "nonce": _text(nonce), "key": _text(sealed)}


def _derived(passphrase: str, salt: bytes, iterations: int) -> bytes:
    import unicodedata

    plain = unicodedata.normalize("NFKC", passphrase.strip()).encode("utf-8")
    return hashlib.pbkdf2_hmac("sha256", plain, salt, iterations, KEY)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise UserError("the file was changed after it was sealed; ask for it again") from None
