"""Matplotlib without the help texts of its artists, of which half of the time of its import is spent: nobody reads them
in a notebook that is executed for a report.
"""

from typing import Any

import matplotlib.artist


def _without_help(artist: Any) -> str:
    return ""


matplotlib.artist.kwdoc = _without_help
