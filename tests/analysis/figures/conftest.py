"""What the tests of figures look at: the texts that a reader sees."""

import pytest


def _visible(figure):
    from matplotlib.text import Text

    figure.draw_without_rendering()
    beyond = _labels_beyond_the_axes(figure)
    shown = (text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip())
    return [text for text in shown if text not in beyond]


def _labels_beyond_the_axes(figure):
    """Tick labels that exist but are not drawn, as their tick lies outside the limits."""
    beyond = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            room = 1e-9 * (high - low)
            for tick in axis.get_major_ticks():
                if not low - room <= tick.get_loc() <= high + room:
                    beyond |= {tick.label1, tick.label2}
    return beyond


@pytest.fixture(scope="session")
def texts():
    """Function: a drawn figure -> the words in it, one string per text."""
    return lambda drawn: [text.get_text() for text in _visible(drawn.figure)]


@pytest.fixture(scope="session")
def text_artists():
    """Function: a drawn figure -> its visible text artists."""
    return lambda drawn: _visible(drawn.figure)
