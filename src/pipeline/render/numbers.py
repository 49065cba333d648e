"""A number in the prose that can say where it comes from."""

from __future__ import annotations


def number(text: str, ident: str, **details: object) -> str:
    """Markdown for a number of the results table: text for every format, details for the HTML page.

    Parameters
    ----------
    text : str
        The formatted number.
    ident : str
        Its result id.
    **details
        What the page shows on request: ``analysis``, ``population``, ``variable``, ``visit``, ``n``,
        ``values``, ``missing``, ``method``, ``unit``, ``table``, ``notebook``. None and empty ones are left out.

    Examples
    --------
    >>> number("0.03", "change.fas.cdai.w24.p_value", n=18, method="exact signed-rank")
    '[0.03]{.result data-id="change.fas.cdai.w24.p_value" data-n="18" data-method="exact signed-rank"}'
    """
    given = {"id": ident} | {name: value for name, value in details.items() if value not in (None, "")}
    attributes = " ".join(f'data-{name}="{_quotable(value)}"' for name, value in given.items())
    return f"[{text}]{{.result {attributes}}}"


def _quotable(value: object) -> str:
    flat = " ".join(str(value).split())
    return flat.replace("\\", "\\\\").replace('"', '\\"')
