"""Places of the handbook that its search finds on every page: headings, and the names that its tables explain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r"^#{1,3}\s+(.*?)\s*\{[^{}]*#([\w.-]+)[^{}]*\}\s*$")
NAME = re.compile(r"^\|\s*`([^`|]+)`\s*\|")
PLAIN = re.compile(r"[`*\\]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A heading, or a name under one: where it stands and what is searched for."""

    address: str
    text: str


def spots(page: str, title: str, text: str) -> Iterator[Spot]:
    r"""The places of a chapter, its parts included.

    Examples
    --------
    >>> text = "# Sources {#sec-sources}\n\n| Key | Value |\n|:--|:--|\n| `path` | text |\n"
    >>> [(spot.address, spot.text) for spot in spots("names.html", "Names", text)]
    [('names.html#sec-sources', 'Names: Sources'), ('names.html#sec-sources', 'Names: Sources: path')]
    """
    address, above = page, title
    for line in text.splitlines():
        if heading := HEADING.match(line):
            address, above = f"{page}#{heading[2]}", f"{title}: {PLAIN.sub('', heading[1])}"
            yield Spot(address, above)
        elif name := NAME.match(line):
            yield Spot(address, f"{above}: {name[1]}")


def hidden(found: list[Spot]) -> str:
    """The places as a list that no reader sees and the search of the page reads."""
    links = "\n".join(f"- [{_escaped(spot.text)}]({spot.address})" for spot in dict.fromkeys(found))
    return f"\n\n:::: {{.elsewhere hidden=hidden}}\n{links}\n::::\n" if found else ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#$^~@])", r"\\\1", text)
