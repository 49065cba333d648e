"""Places of the handbook that its search finds on every page: headings, and the names that their tables explain."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

HEADING = re.compile(r"^#{1,3}\s+(.*?)\s*\{[^{}]*#([\w.-]+)[^{}]*\}\s*$")
NAME = re.compile(r"^\|\s*`([^`|]+)`\s*\|")
PLAIN = re.compile(r"[`*\\]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A heading: its address, its words after the chapter's, and the names that stand under it."""

    address: str
    text: str
    names: tuple[str, ...] = ()


def spots(page: str, title: str, text: str) -> Iterator[Spot]:
    r"""The places of a chapter, its parts included.

    Examples
    --------
    >>> text = "# Sources {#sec-sources}\n\n| Key | Value |\n|:--|:--|\n| `path` | text |\n"
    >>> list(spots("names.html", "Names", text))
    [Spot(address='names.html#sec-sources', text='Names: Sources', names=('path',))]
    """
    address, words, names = page, title, []
    for line in text.splitlines():
        if heading := HEADING.match(line):
            if names or address != page:
                yield Spot(address, words, tuple(names))
            address, words, names = (
                f"{page}#{heading[2]}",
                f"{title}: {PLAIN.sub('', heading[1])}",
                [],
            )
        elif name := NAME.match(line):
            names.append(name[1])
    if names or address != page:
        yield Spot(address, words, tuple(names))


def hidden(found: Iterable[Spot]) -> str:
    """The places as a list that no reader sees and the search of the page reads."""
    links = "".join(
        f'<li><a href="{escape(spot.address)}" data-names="{escape(" ".join(spot.names))}">{escape(spot.text)}</a></li>'
        for spot in found
    )
    return f'\n\n```{{=html}}\n<ul class="elsewhere" hidden>{links}</ul>\n```\n'
