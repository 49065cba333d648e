"""Figures of the reports: drawn from frames whose numbers were computed elsewhere, each with its alternative text.

Every function returns a `Drawn`: the matplotlib figure and a text that says the same in words and numbers. As the
last line of a notebook cell it shows itself, and the text reaches the report:

    #| label: fig-cdai
    #| fig-cap: Mean CDAI by visit (full analysis set).
    figures.mean_by_visit(means, label="CDAI (0-76 points)", time="Week", mark=state)

Common to all: `mark` is the state of the report and stays on the figure until it is None or "final"; titles are not
drawn (the report has the caption); an empty frame gives a figure that says so; a missing column raises KeyError; the
frame given is not changed; nothing is computed but places on the page and counts of what is drawn.
"""

from analysis.figures.by_visit import change_by_visit, mean_by_visit, response_by_visit
from analysis.figures.drawn import Drawn
from analysis.figures.flow import flow_diagram
from analysis.figures.individual import paired, spaghetti

__all__ = [
    "Drawn",
    "change_by_visit",
    "flow_diagram",
    "mean_by_visit",
    "paired",
    "response_by_visit",
    "spaghetti",
]
