"""A figure with its alternative text, which shows itself in a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from analysis.figures import style
from analysis.language import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure


MARKS = "application/vnd.study.marks+json"  # what sharing must know of an output


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drawn:
    """A figure and the text that says the same in words and numbers.

    As the last line of a notebook cell it shows as a PNG whose output metadata carry ``fig-alt``; rendering a
    report turns that into the cell's ``#| fig-alt`` option.

    Parameters
    ----------
    figure : matplotlib Figure
        For further changes by hand.
    alt : str
        Alternative text, one paragraph.
    per_patient : bool
        Whether a line, point or lane is one patient.
    made_from : mapping, optional
        The function that drew it, its frames and its options, so that a release can draw it again from the numbers
        that may be told; only where every number is one of a summary.
    """

    figure: Figure
    alt: str
    per_patient: bool = False
    made_from: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        from base64 import b64encode

        data = {"image/png": b64encode(self.png()).decode("ascii"), "text/plain": self.alt}
        if self.per_patient:
            data[MARKS] = {"per_patient": True}
        elif self.made_from is not None:
            data[MARKS] = {"made_from": self.made_from}
        return data, {"fig-alt": self.alt, "image/png": {"alt": self.alt}}

    def png(self, *, dpi: int = style.DPI) -> bytes:
        """The figure as PNG; the same figure gives the same bytes, which name neither program nor time."""
        import warnings
        from io import BytesIO

        _in_language(self.figure)
        target = BytesIO()
        with warnings.catch_warnings():
            # what neither font has (an emoji in a comment of the site) shows as a box; the report is still due
            warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
            self.figure.savefig(target, format="png", dpi=dpi, metadata={"Software": None})
        return target.getvalue()


def _in_language(figure: Figure) -> None:
    """Show every text of the figure that the catalogue has in the report's language, as tables do with theirs."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        shown = tr(text.get_text())
        if shown != text.get_text():
            text.set_text(shown)


def of_summaries(draw: Callable[..., Drawn]) -> Callable[..., Drawn]:
    """Mark a figure whose frames hold summaries only: it keeps what it was made from, and can be drawn again."""

    @wraps(draw)
    def drawn(*frames, **options) -> Drawn:
        made = draw(*frames, **options)
        kept = {"function": draw.__name__, "frames": [_as_columns(f) for f in frames], "options": options}
        return replace(made, made_from=kept) if _is_json(kept) else made

    return drawn


def _as_columns(frame) -> dict[str, list]:
    """A frame as lists of plain values by column; days as text."""
    days = frame.select_dtypes("datetime").columns
    plain = frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d") for name in days}).astype(object)
    return {str(name): plain[name].where(plain[name].notna(), None).tolist() for name in plain.columns}


def _is_json(content: Any) -> bool:
    try:
        json.dumps(content)
    except (TypeError, ValueError):
        return False
    return True


def no_data(what: str, *, mark: str | None) -> Drawn:
    """A figure that says that there is nothing to show yet; an interim report has such visits and endpoints."""
    with style.sheet(height=1.2, mark=mark) as figure:
        figure.text(
            0.5, 0.5, tr("No data: {what}", what=what), ha="center", va="center", color=style.SOFT, size=10
        )
    return Drawn(figure, tr("No data: {what}.", what=what))
