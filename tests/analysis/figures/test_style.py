"""The look: colours that everybody can tell apart, and no trace of it outside the figures."""

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.figures import style
from pipeline.render.dark import DARK_INK, DARK_PAPER, dark

# Simulation of dichromacy in linear RGB at full severity: Machado GM, Oliveira MM, Fernandes LAF.
# IEEE Trans Vis Comput Graph 2009;15:1291-8. doi:10.1109/TVCG.2009.113, matrices of the authors' supplement.
DICHROMACIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SCALES = {
    "disease states": list(style.DISEASE_STATES.values()),
    "TIS categories": list(style.TIS_CATEGORIES.values()),
    "groups": list(style.SERIES[:3]),
    "improved and worsened": [style.primary(), style.COMPARISON],
}
SCALES |= {f"{name}, on a dark page": [dark(color) for color in colors] for name, colors in SCALES.items()}


def linear(color: str) -> np.ndarray:
    """Hexadecimal sRGB to linear RGB (IEC 61966-2-1)."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB to CIE L*a*b* under D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(first: str, second: str, simulation=None) -> float:
    """CIE 1976 colour difference, as seen through a simulation."""
    matrix = np.eye(3) if simulation is None else np.array(simulation)
    return float(np.linalg.norm(lab(matrix @ linear(first)) - lab(matrix @ linear(second))))


def test_colour_difference_of_black_and_white_is_one_hundred():
    assert difference("#000000", "#ffffff") == pytest.approx(100, abs=0.05)


def test_simulation_merges_red_and_green_of_equal_lightness():
    assert difference("#d62728", "#5f7d1f", DICHROMACIES["deuteranopia"]) < 0.5 * difference(
        "#d62728", "#5f7d1f"
    )


@pytest.mark.parametrize("colors", SCALES.values(), ids=SCALES.keys())
@pytest.mark.parametrize("simulation", [None, *DICHROMACIES.values()], ids=["none", *DICHROMACIES])
def test_colours_of_a_scale_stay_apart_under_colour_blindness(colors, simulation):
    distances = {pair: difference(*pair, simulation) for pair in itertools.combinations(colors, 2)}
    assert min(distances.values()) > 12, distances


@pytest.mark.parametrize("simulation", [None, *DICHROMACIES.values()], ids=["none", *DICHROMACIES])
def test_all_eight_series_stay_apart_under_colour_blindness(simulation):
    pairs = itertools.combinations(style.SERIES, 2)
    assert min(difference(*pair, simulation) for pair in pairs) > 8


@pytest.mark.parametrize("scale", [style.DISEASE_STATES, style.TIS_CATEGORIES], ids=["disease states", "TIS"])
def test_ordered_categories_stay_apart_in_greyscale(scale):
    lightness = [lab(linear(color))[0] for color in scale.values()]
    assert min(abs(a - b) for a, b in itertools.combinations(lightness, 2)) > 10


def test_improvement_grows_darker():
    lightness = [lab(linear(color))[0] for color in style.TIS_CATEGORIES.values()]
    assert lightness == sorted(lightness, reverse=True)


def test_text_on_every_colour_of_a_scale_is_readable():
    colors = [*style.DISEASE_STATES.values(), *style.TIS_CATEGORIES.values(), style.MISSING]
    assert min(style.contrast(style.text_on(color), color) for color in colors) > 4.5


def test_text_in_the_colour_of_a_series_is_readable_on_white_and_on_a_dark_page():
    assert min(style.contrast(style.readable(color), style.PAPER) for color in style.SERIES) >= 4.5
    assert min(style.contrast(dark(style.readable(color)), DARK_PAPER) for color in style.SERIES) >= 4.5


def test_text_on_the_bars_of_a_drawing_is_readable_on_a_dark_page():
    colors = [
        *style.DISEASE_STATES.values(),
        style.MISSING,
    ]  # categories of the TIS are of single patients: pixels
    assert min(style.contrast(dark(style.text_on(color)), dark(color)) for color in colors) > 4.5


def test_ink_and_soft_text_are_readable_on_white_and_on_a_dark_page():
    texts = (style.INK, style.SOFT, style.MUTED)
    assert min(style.contrast(color, style.PAPER) for color in texts) >= 4.5
    assert min(style.contrast(dark(color), DARK_PAPER) for color in texts) >= 4.5


def test_a_drawing_turns_into_the_colours_of_the_dark_page():
    sheet = (Path(style.__file__).parents[2] / "pipeline/render/assets/report.css").read_text("utf-8")
    assert sheet.count(f"--paper: {DARK_PAPER};") == sheet.count(f"|{DARK_INK}⟫") == 2


def test_unknown_mark_is_refused():
    with pytest.raises(ValueError, match="mark is 'preliminary'; expected one of draft, interim"):
        style.mark_text("preliminary")


def test_look_ends_with_the_figure():
    import matplotlib

    before = dict(matplotlib.rcParams)
    with style.sheet(height=2, mark=None):
        assert matplotlib.rcParams["axes.axisbelow"] is True
    assert dict(matplotlib.rcParams) == before


def test_importing_figures_imports_no_plotting_library():
    code = (
        "import sys, analysis.figures; sys.exit(bool({'matplotlib', 'seaborn', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
