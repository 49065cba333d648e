"""A figure with its alternative text, which shows itself in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.language import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    """

    figure: Figure
    alt: str
    per_patient: bool = False

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        from base64 import b64encode

        data = {"image/png": b64encode(self.png()).decode("ascii"), "text/plain": self.alt}
        if self.per_patient:
            data["application/vnd.study.marks+json"] = {"per_patient": True}  # what sharing must know
        return data, {"fig-alt": self.alt, "image/png": {"alt": self.alt}}

    def png(self, *, dpi: int = style.DPI) -> bytes:
        """The figure as PNG; the same figure gives the same bytes, which name neither program nor time."""
        import warnings
        from io import BytesIO

        target = BytesIO()
        with warnings.catch_warnings():
            # what neither font has (an emoji in a comment of the site) shows as a box; the report is still due
            warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
            self.figure.savefig(target, format="png", dpi=dpi, metadata={"Software": None})
        return target.getvalue()


def no_data(what: str, *, mark: str | None) -> Drawn:
    """A figure that says that there is nothing to show yet; an interim report has such visits and endpoints."""
    with style.sheet(height=1.2, mark=mark) as figure:
        figure.text(
            0.5, 0.5, tr("No data: {what}", what=what), ha="center", va="center", color=style.SOFT, size=10
        )
    return Drawn(figure, tr("No data: {what}.", what=what))
