"""Every text of the project in English, read from a catalogue at import, which a fork server does before it forks."""

from pathlib import Path

from babel.messages.pofile import read_po


def _texts(file: Path) -> frozenset[str]:
    """The texts of a catalogue; of one with forms for one and many, both."""
    with file.open("rb") as stream:
        known = [entry.id for entry in read_po(stream, locale=file.stem) if entry.id]
    return frozenset(text for entry in known for text in ((entry,) if isinstance(entry, str) else entry))


MESSAGES = _texts(Path(__file__).with_name("zh.po"))
