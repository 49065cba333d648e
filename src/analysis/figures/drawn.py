"""A figure with its alternative text, which shows itself in a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from analysis import media
from analysis.escape import csv_cell
from analysis.figures import style
from analysis.language import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drawn:
    """A figure and the text that says the same in words and numbers.

    As the last line of a notebook cell it shows as a picture whose output metadata carry ``fig-alt``; rendering a
    report turns that into the cell's ``#| fig-alt`` option. It is drawn in vectors unless it shows single patients,
    whose places could be read from them. Beside it go its drawing for a narrow screen, the numbers it shows as CSV,
    and the mark of the report's state, which the page sets beside the picture and nobody into it.

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
    again : callable, optional
        Draws the figure once more, which a narrow screen asks for.
    mark : str or None
        State of the report; see `style.mark_text`.
    """

    figure: Figure
    alt: str
    per_patient: bool = False
    made_from: Mapping[str, Any] | None = None
    again: Callable[[], Drawn] | None = None
    mark: str | None = None

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        from base64 import b64encode

        data: dict[str, Any] = {"image/png": b64encode(self.png()).decode("ascii"), "text/plain": self.alt}
        if not self.per_patient:
            data["image/svg+xml"] = self.svg()
        data[media.FIGURE] = self.extras()
        if self.per_patient:
            data[media.MARKS] = {"per_patient": True}
        elif self.made_from is not None:
            data[media.MARKS] = {"made_from": self.made_from}
        return data, {"fig-alt": self.alt, "image/png": {"alt": self.alt}}

    def extras(self, *, vector: bool = True) -> dict[str, Any]:
        """What a page puts around the figure: its drawing for a narrow screen, its numbers, the mark of the report."""
        from base64 import b64encode

        found: dict[str, Any] = {"mark": style.mark_text(self.mark)}
        if self.made_from is not None:
            found["csv"] = as_csv(self.made_from["frames"])
        if self.again is not None and self.figure.get_figwidth() > style.NARROW:
            with style.narrow():
                small = self.again()
            kind, content = (
                ("svg+xml", small.svg().encode("utf-8"))
                if vector and not self.per_patient
                else ("png", small.png(colours=None if vector else style.COLOURS))
            )
            found["narrow"] = f"data:image/{kind};base64,{b64encode(content).decode('ascii')}"
        return found

    def svg(self) -> str:
        """The figure in vectors, its letters as shapes; the same figure gives the same text."""
        return self._saved("svg", metadata={"Date": None, "Creator": None}).decode("utf-8")

    def png(self, *, dpi: int = style.DPI, colours: int | None = None) -> bytes:
        """The figure as PNG; the same figure gives the same bytes, which name neither program nor time.

        With so many `colours` at most it takes a third of the room, as in a page where all figures are PNG.
        """
        whole = self._saved("png", dpi=dpi, metadata={"Software": None})
        return whole if colours is None else _of_few_colours(whole, colours)

    def _saved(self, kind: str, **options: Any) -> bytes:
        import warnings
        from io import BytesIO

        from matplotlib import rc_context

        _in_language(self.figure)
        target = BytesIO()
        with warnings.catch_warnings(), rc_context({"svg.fonttype": "path", "svg.hashsalt": "study"}):
            # what neither font has (an emoji in a comment of the site) shows as a box; the report is still due
            warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
            self.figure.savefig(target, format=kind, **options)
        return target.getvalue()


def _of_few_colours(image: bytes, most: int) -> bytes:
    """A picture with a list of its colours, the nearest for each place."""
    from io import BytesIO

    from PIL import Image

    target = BytesIO()
    with Image.open(BytesIO(image)) as whole:
        listed = whole.convert("RGB").quantize(most, dither=Image.Dither.NONE)
        listed.save(target, "PNG", optimize=True, dpi=whole.info.get("dpi"))
    return target.getvalue()


def _in_language(figure: Figure) -> None:
    """Show every text of the figure that the catalogue has in the report's language, as tables do with theirs."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        shown = tr(text.get_text())
        if shown != text.get_text():
            text.set_text(shown)


TEXTS = ("label", "time", "interval", "outcome", "given", "reference_label", "sides")


def _in_words(options: dict[str, Any]) -> dict[str, Any]:
    """Options of a figure, those that are texts in the report's language: a figure builds longer texts of them."""

    def said(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: said(text) for key, text in value.items()}
        return tuple(map(said, value)) if isinstance(value, (list, tuple)) else tr(value)

    return {
        name: said(value) if name in TEXTS and value is not None else value for name, value in options.items()
    }


def of_patients(draw: Callable[..., Drawn]) -> Callable[..., Drawn]:
    """A figure that can be drawn once more for a narrow screen, and knows the state of its report."""

    @wraps(draw)
    def drawn(*frames, **options) -> Drawn:
        said = _in_words(options)
        return replace(draw(*frames, **said), again=partial(draw, *frames, **said), mark=options.get("mark"))

    return drawn


def of_summaries(draw: Callable[..., Drawn]) -> Callable[..., Drawn]:
    """Mark a figure whose frames hold summaries only: it keeps what it was made from, and can be drawn again."""

    @wraps(draw)
    def drawn(*frames, **options) -> Drawn:
        made = of_patients(draw)(*frames, **options)
        kept = {"function": draw.__name__, "frames": [_as_columns(f) for f in frames], "options": options}
        return replace(made, made_from=kept) if _is_json(kept) else made

    return drawn


def as_csv(frames: Iterable[Mapping[str, list]]) -> str:
    """Frames of a figure as CSV, one below the other with an empty line between; no cell is a formula.

    Examples
    --------
    >>> as_csv([{"visit": [0, 12], "n": [20, None]}]).splitlines()
    ['visit,n', '0,20', '12,']
    """
    import csv
    from io import StringIO

    parts = []
    for columns in frames:
        target = StringIO()
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(map(csv_cell, columns))
        writer.writerows(map(csv_cell, row) for row in zip(*columns.values(), strict=True))
        parts.append(target.getvalue())
    return "\n".join(parts)


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
