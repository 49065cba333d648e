"""The seal of a lock: a hash of its record, chained to the seal before it, and signed where the study has a key.

``seal.json`` beside ``lock.json`` holds the hash of the record and of the seal before. A record edited later does
not fit its seal; a seal made anew does not fit the next one. Where ``params/<study>/lock.pub`` is there, a seal
counts only with a signature (Ed25519) that this public key confirms; the private key is read from the file that
STUDY_LOCK_KEY names and belongs to whoever may lock.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from pipeline.ending import LockError
from pipeline.files import read_json
from pipeline.project import Project, UserError, as_json, sha256

PUBLIC = "lock.pub"
PRIVATE = "STUDY_LOCK_KEY"
NEEDED = {"lock", "sha256", "previous"}


def seal(folder: Path, project: Project, study: str) -> None:
    """Seal the record in a lock's folder, whose name it will bear, after those that are there."""
    before = sorted(folder.parent.glob("[0-9]*/seal.json"))
    content = {
        "lock": json.loads((folder / "lock.json").read_text(encoding="utf-8"))["name"],
        "sha256": sha256(folder / "lock.json"),
        "previous": sha256(before[-1]) if before else None,
    }
    if is_signing(project, study):
        content["signature"] = sign(_message(content), study)
    (folder / "seal.json").write_text(as_json(content), encoding="utf-8")


def require_sealed(project: Project, study: str, folders: Sequence[Path]) -> bool:
    """Stop when a record is not the one that was sealed, or a seal is not the one that was chained or signed.

    Returns
    -------
    bool
        Whether the newest lock is signed.

    Raises
    ------
    LockError
        Which lock, and what does not fit.
    """
    previous, public, signed = None, project.root / "params" / study / PUBLIC, False
    for place, folder in enumerate(folders):
        shown = folder.relative_to(project.root).as_posix()
        content = read_json(folder / "seal.json")
        if content is None or not content.keys() >= NEEDED:
            raise edited(shown, "its seal (seal.json) is missing or cannot be read")
        if content["sha256"] != sha256(folder / "lock.json"):
            raise edited(shown, "lock.json is not the record that was sealed")
        if place and content["previous"] != previous:
            raise edited(shown, "the seal before it is not the one it was chained to")
        signed = public.is_file()
        if signed and not confirms(public, _message(content), content.get("signature")):
            raise edited(shown, f"its signature is not confirmed by params/{study}/{PUBLIC}")
        previous = sha256(folder / "seal.json")
    return signed


def edited(shown: str, why: str) -> LockError:
    """What is told of a lock that is not as it was made."""
    return LockError(
        f"the lock {shown} was edited after it was made: {why}. Restore it from a copy you trust, or remove its folder "
        "to unlock the data"
    )


def new_key(project: Project, study: str, private: Path) -> Path:
    """Make a pair of keys: the private one for whoever may lock, the public one with the study; its path.

    Raises
    ------
    UserError
        If either is there already.
    """
    from cryptography.hazmat.primitives import serialization as to
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = project.root / "params" / study / PUBLIC
    for file in (private, public):
        if file.exists():
            raise UserError(
                f"{file.name} is there already; a key is never replaced unseen: move it away first"
            )
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(to.Encoding.PEM, to.PrivateFormat.PKCS8, to.NoEncryption())
    private.touch(mode=0o600)
    private.write_bytes(secret)
    public.write_bytes(key.public_key().public_bytes(to.Encoding.PEM, to.PublicFormat.SubjectPublicKeyInfo))
    return public


def _message(content: dict) -> bytes:
    return json.dumps({key: content[key] for key in sorted(NEEDED)}, sort_keys=True).encode()


def is_signing(project: Project, study: str) -> bool:
    """Whether locks and releases of a study are signed."""
    return (project.root / "params" / study / PUBLIC).is_file()


def sign(message: bytes, study: str) -> str:
    """The signature of a message with the private key that STUDY_LOCK_KEY names.

    Raises
    ------
    UserError
        If there is no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    file = os.environ.get(PRIVATE)
    if not file or not Path(file).is_file():
        raise UserError(
            f"locks and releases of {study} are signed (params/{study}/{PUBLIC}): set {PRIVATE} to the file of the "
            "private key"
        )
    try:
        key = load_pem_private_key(Path(file).read_bytes(), password=None)
    except (ValueError, TypeError):
        raise UserError(f"the file that {PRIVATE} names holds no private key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(
            f"the file that {PRIVATE} names holds another kind of key; locks are signed with Ed25519"
        )
    return key.sign(message).hex()


def confirms(public: Path, message: bytes, signature: str | None) -> bool:
    """Whether a public key confirms that a message was signed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public.read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(bytes.fromhex(signature or ""), message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
