"""What a numpydoc docstring says: summary, references, named attributes."""

import inspect
import re
from typing import Any


def sections(documented: Any) -> dict[str, str]:
    """The text of each section by its heading; the text before the first stands under the empty heading."""
    text = inspect.getdoc(documented) or ""
    parts = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}$", text, flags=re.MULTILINE)
    return {"": parts[0].strip(), **{name: body.strip() for name, body in zip(parts[1::2], parts[2::2])}}


def summary(documented: Any) -> str:
    """The first paragraph."""
    return " ".join(sections(documented)[""].split("\n\n")[0].split())


def references(documented: Any) -> str:
    """The sources, on one line."""
    return " ".join(sections(documented).get("References", "").split())


def named(text: str) -> dict[str, str]:
    r"""Descriptions of a Parameters or Attributes section by name; several names may share one.

    Examples
    --------
    >>> named("low, high : float\n    The limits.\nunit\n    Of both.")
    {'low': 'The limits.', 'high': 'The limits.', 'unit': 'Of both.'}
    """
    found: dict[str, str] = {}
    names: list[str] = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
            found |= dict.fromkeys(names, "")
        else:
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
    return found
