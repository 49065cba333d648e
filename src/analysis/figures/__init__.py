"""Figures of the reports: drawn from frames whose numbers were computed elsewhere, each with its alternative text.

Every function returns a `Drawn`: the matplotlib figure and a text that says the same in words and numbers. As the
last line of a notebook cell it shows itself, and the text reaches the report:

    #| label: fig-cdai
    #| fig-cap: Mean CDAI by visit (full analysis set).
    figures.mean_by_visit(means, label="CDAI (0-76 points)", time="Week", mark=state)

Common to all: `mark` is the state of the report, which the page sets beside the picture; titles are not
drawn (the report has the caption); an empty frame gives a figure that says so; a missing column raises KeyError; the
frame given is not changed; nothing is computed but places on the page and counts of what is drawn.
"""

from analysis.figures.by_visit import mean_by_visit, response_by_visit
from analysis.figures.combinations import upset, upset_of_counts
from analysis.figures.doses import dose_timelines
from analysis.figures.drawn import Drawn
from analysis.figures.effects import forest
from analysis.figures.enrolment import recruitment
from analysis.figures.flow import flow_diagram
from analysis.figures.heatmaps import cluster_profiles, missing_pattern
from analysis.figures.individual import paired, spaghetti
from analysis.figures.prediction import calibration, decision_curve
from analysis.figures.safety import adverse_event_dots, lab_shift
from analysis.figures.states import state_bars
from analysis.figures.style import scale_of
from analysis.figures.survival_curve import kaplan_meier
from analysis.figures.timelines import swimmer
from analysis.figures.waterfall import tis_waterfall

__all__ = [
    "Drawn",
    "adverse_event_dots",
    "calibration",
    "cluster_profiles",
    "decision_curve",
    "dose_timelines",
    "flow_diagram",
    "forest",
    "kaplan_meier",
    "lab_shift",
    "mean_by_visit",
    "missing_pattern",
    "paired",
    "recruitment",
    "response_by_visit",
    "scale_of",
    "spaghetti",
    "state_bars",
    "swimmer",
    "tis_waterfall",
    "upset",
    "upset_of_counts",
]
