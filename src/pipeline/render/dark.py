"""The colours of a figure on a dark page: light and dark change places, hue and the distances between colours stay.

A drawing in vectors carries its second palette with it and shows it where the page around it is dark. Colours are
turned over in Oklab, where equal steps look equal: two that stand apart on white stand as far apart on the dark page,
and letters that can be read on a bar can be read on it there, too.

References
----------
Ottosson B. A perceptual color space for image processing. 2020. https://bottosson.github.io/posts/oklab/.
"""

import re

from analysis.look import INK, PAPER

DARK_PAPER, DARK_INK = "#15191e", "#e4e7ea"  # of the page: `report.css` has the same two
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
OPENING = re.compile(r"<svg\b[^>]*>")
TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def with_dark_colours(svg: str) -> str:
    """A drawing that has a second palette for dark pages; one with a picture of pixels inside stays as it is.

    Parameters
    ----------
    svg : str
        As `Drawn.svg` writes it: colours as #rrggbb in styles and attributes.

    Examples
    --------
    >>> with_dark_colours('<svg><path style="fill: #ffffff"/></svg>')[5:-35]
    '<style>@media (prefers-color-scheme:dark){[style*="fill: #ffffff"]{fill:#15191e!important}}</style>'
    """
    if "<image" in svg:
        return svg
    rules = []
    for color in sorted(set(COLOUR.findall(svg))):
        for name in ("fill", "stroke"):
            asked = [f'[style*="{name}: {color}"]'] if f"{name}: {color}" in svg else []
            asked += [f'[{name}="{color}"]'] if f'{name}="{color}"' in svg else []
            if asked:
                rules.append(f"{','.join(asked)}{{{name}:{dark(color)}!important}}")
    style = f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"
    return OPENING.sub(lambda found: found[0] + style, svg, count=1)


def dark(color: str) -> str:
    """What a colour becomes on a dark page.

    Examples
    --------
    >>> dark("#ffffff"), dark("#1c2127"), dark("#0072b2")
    ('#15191e', '#e4e7ea', '#3c98db')
    """
    if color in {PAPER, INK}:
        return DARK_PAPER if color == PAPER else DARK_INK
    light, *tint = _oklab(color)
    (paper, *_), (ink, *_) = _oklab(DARK_PAPER), _oklab(DARK_INK)
    turned = min(1.0, paper + (1 - light) * (ink - paper) / (1 - _oklab(INK)[0]))
    shade = 1.0
    while not all(-1e-6 <= part <= 1 + 1e-6 for part in _linear(turned, *(shade * part for part in tint))):
        shade *= 0.97
    return _hex(_linear(turned, *(shade * part for part in tint)))


def _oklab(color: str) -> tuple[float, float, float]:
    """Lightness from 0 to 1, and the two axes of colour."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    cones = [sum(a * b for a, b in zip(row, linear, strict=True)) ** (1 / 3) for row in TO_LMS]
    light, first, second = (sum(a * b for a, b in zip(row, cones, strict=True)) for row in TO_LAB)
    return light, first, second


def _linear(light: float, first: float, second: float) -> tuple[float, ...]:
    """Oklab as linear red, green and blue, which may lie outside 0 to 1."""
    long = (light + 0.3963377774 * first + 0.2158037573 * second) ** 3
    medium = (light - 0.1055613458 * first - 0.0638541728 * second) ** 3
    short = (light - 0.0894841775 * first - 1.2914855480 * second) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _hex(linear: tuple[float, ...]) -> str:
    held = [min(max(part, 0.0), 1.0) for part in linear]
    parts = [12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in held]
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
