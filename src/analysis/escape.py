"""Text from data on its way in and out: cleaned once on entry, escaped by one function for each output.

`clean` takes out what no reader sees and some program stumbles over. Every output has one function: `html` for tables
(Word and PDF are made from the same HTML), `markdown` for captions, notes and prose, `csv_cell` for results.csv,
`terminal` for what is printed. Figures draw text as it is: mathematics in ``$`` is switched off in
`analysis.figures.style`.
"""

import re
import unicodedata
from html import escape
from typing import Any

# Control characters, those that turn the direction of text, invisible ones, lone surrogates and noncharacters:
# XML (Word) forbids many of them, and a page shows another text than it holds.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_STACKED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]+"
)
_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|]")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~^$@])")


def clean(text: str) -> str:
    r"""Text without control, direction and invisible characters, at most three marks stacked on a letter.

    Line ends and tabs become blanks; nothing that a reader sees is changed.

    Examples
    --------
    >>> clean("Head\x0bache"), clean("\u202eehcadaeH"), clean("头痛\ufeff"), clean("two\nlines")
    ('Headache', 'ehcadaeH', '头痛', 'two lines')
    """
    return _STACKED.sub(r"\1", _UNSEEN.sub("", re.sub(r"[\t\n\r\u2028\u2029\x0c\x85]+", " ", str(text))))


def is_clean(text: str) -> bool:
    """Whether `clean` would leave a text as it is, blanks apart."""
    return _UNSEEN.search(str(text).strip("\r\n\t\ufeff")) is None and _STACKED.search(str(text)) is None


def html(text: str) -> str:
    """Text for an HTML page, and for Word and PDF, which are made from it; never markup, never a shortcode.

    Examples
    --------
    >>> html("<img src=x>"), html("{{< var a >}}"), html("a & b")
    ('&lt;img src=x&gt;', '&#123;&#123;&lt; var a &gt;&#125;&#125;', 'a &amp; b')
    """
    return escape(clean(text)).replace("{{", "&#123;&#123;").replace("}}", "&#125;&#125;")


def markdown(text: str) -> str:
    r"""Text from data inside Markdown that is written around it.

    Examples
    --------
    >>> markdown("*x* $y$ {{< z >}}")
    '\\*x\\* \\$y\\$ \\{\\{\\< z \\>\\}\\}'
    """
    return _MARKDOWN.sub(r"\\\1", clean(text))


def csv_cell(value: Any) -> Any:
    """A cell of a CSV file: text that a spreadsheet would run as a formula begins with an apostrophe.

    Examples
    --------
    >>> csv_cell("=HYPERLINK(1)"), csv_cell("-4.2"), csv_cell(-4.2), csv_cell("Headache")
    ("'=HYPERLINK(1)", '-4.2', -4.2, 'Headache')
    """
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def terminal(text: str) -> str:
    r"""Text for the terminal: line ends stay, escape sequences and what nobody sees go (`pipeline.console`).

    Examples
    --------
    >>> terminal("\x1b[31mred\nnext")
    '[31mred\nnext'
    """
    return "\n".join(map(clean, re.split(r"\r?\n", text)))


def plain(text: str) -> str:
    """Text in its plainest form, for comparison: widths and compositions made one."""
    return unicodedata.normalize("NFKC", clean(text))
