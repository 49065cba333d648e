"""Questionnaires and examinations, item by item, given the latent state behind them.

A person answers the same item alike from visit to visit (`person`, drawn once), so that items agree with
their totals and with one another as they do in patients.
"""

import numpy as np

from generate.draws import heavy, logistic
from generate.schema import HAQ_CATEGORIES, HAQ_ITEMS, SF36_DOMAINS, SIDED_JOINTS

# How often a joint is involved: wrist, MCP 2-3 and PIP 3 lead, thumb IP and the elbow trail.
_INVOLVED = {
    "shoulder": 0.2, "elbow": -0.2, "wrist": 1.1, "mcp1": -0.1, "mcp2": 0.9, "mcp3": 0.8, "mcp4": -0.1, "mcp5": 0.0,
    "pip1": -0.6, "pip2": 0.3, "pip3": 0.5, "pip4": 0.1, "pip5": -0.4, "knee": 0.6,
}  # fmt: skip
_HAQ_EASE = [
    0.0,
    0.3,
    0.1,
    -0.2,
    0.2,
    -0.1,
    0.5,
    -0.2,
    0.1,
    -0.2,
    0.5,
    -0.3,
    0.6,
    0.2,
    -0.4,
    0.7,
    -0.2,
    0.0,
    -0.1,
    0.4,
]
_SF36 = {
    "pf": (2.0, -1.55, -0.25, 0.0, 5), "rp": (1.5, -1.2, -0.6, -0.2, 6.25), "bp": (1.5, -0.3, -2.1, 0.0, 1),
    "gh": (0.45, -0.35, -0.5, -0.25, 5), "vt": (0.9, -0.25, -0.7, -0.45, 6.25), "sf": (1.8, -0.5, -0.7, -0.6, 12.5),
    "re": (1.9, -0.5, -0.4, -0.8, 25 / 3), "mh": (1.25, -0.1, -0.35, -0.85, 5),
}  # fmt: skip


def joint_person(rng) -> tuple[np.ndarray, np.ndarray]:
    """Which joints of a person tend to be involved: tender and swollen, correlated, roughly symmetric."""
    base = np.array([_INVOLVED[name.rsplit("_", 1)[0]] for name in SIDED_JOINTS])
    mirrored = np.tile(rng.normal(0, 0.7, 14), 2)
    shared = base + mirrored + rng.normal(0, 0.5, 28)
    return shared + rng.normal(0, 0.5, 28), shared + rng.normal(0, 0.5, 28)


def joint_count(rng, mean: float) -> int:
    """A joint count of 28 with the given mean and more spread than the binomial."""
    share = min(max(mean / 28, 0.0), 0.97)
    spread = rng.beta(share * 24 + 0.02, (1 - share) * 24 + 0.02)
    return int(rng.binomial(28, spread))


def joint_boxes(rng, count: int, tendency: np.ndarray) -> np.ndarray:
    """The `count` joints most inclined to be involved today."""
    today = tendency + rng.normal(0, 0.45, 28)
    chosen = np.zeros(28, int)
    chosen[np.argsort(-today)[:count]] = 1
    return chosen


def _steps(score, cuts, rng, spread):
    """An ordered answer: how many cuts the noisy score exceeds."""
    noisy = score + rng.logistic(0, spread, np.shape(score))
    return sum((noisy > cut).astype(int) for cut in cuts)


def haq(rng, disability: float, person: np.ndarray) -> dict:
    """20 items 0-3, aids and help by category, for a disability of about -3 (none) to 3 (severe)."""
    items = _steps(disability + np.array(_HAQ_EASE) + person, (0.0, 2.0, 3.9), rng, 0.3)
    answers = {f"haq_{k}": int(value) for k, value in enumerate(items, start=1)}
    worst = [max(items[k - 1] for k in HAQ_ITEMS[name]) for name in HAQ_CATEGORIES]
    for k, level in enumerate(worst, start=1):
        if k <= 7:
            answers[f"haq_aids___{k}"] = int(rng.random() < (0.01, 0.06, 0.2, 0.4)[level])
        answers[f"haq_help___{k}"] = int(rng.random() < (0.005, 0.05, 0.3, 0.7)[level])
    return answers


def haq_index(answers: dict) -> float:
    """The standard index of complete items, as the form's author adds it up."""
    total = 0
    for k, name in enumerate(HAQ_CATEGORIES, start=1):
        level = max(answers[f"haq_{item}"] for item in HAQ_ITEMS[name])
        helped = answers.get(f"haq_aids___{k}", 0) or answers[f"haq_help___{k}"]
        total += max(level, 2) if helped else level
    return total / 8


def mdhaq(rng, disability: float, person: np.ndarray) -> dict:
    items = _steps(disability - 0.2 + person, (0.0, 2.0, 3.9), rng, 0.3)
    return {f"mdhaq_{letter}": int(value) for letter, value in zip("abcdefghij", items, strict=True)}


def eq5d(rng, disability: float, pain: float, mood: float, person: np.ndarray) -> dict:
    """Five dimensions 1-5; `pain` 0-100 mm, `mood` about 0 (well) to 2 (low)."""
    scores = np.array(
        [disability - 0.1, disability - 0.6, disability + 0.1, pain / 18 - 1.5, 1.2 * mood - 0.6]
    )
    levels = 1 + _steps(scores + person, (0.0, 1.5, 3.0, 4.6), rng, 0.3)
    return {
        f"eq5d_{name}": int(level) for name, level in zip(("mo", "sc", "ua", "pd", "ad"), levels, strict=True)
    }


EQ5D_CHINA = {
    "mo": (0, 0.066, 0.158, 0.287, 0.345),
    "sc": (0, 0.048, 0.116, 0.210, 0.253),
    "ua": (0, 0.045, 0.107, 0.194, 0.233),
    "pd": (0, 0.058, 0.138, 0.252, 0.302),
    "ad": (0, 0.049, 0.118, 0.215, 0.258),
}  # Luo 2017, doi:10.1016/j.jval.2016.11.016


def eq5d_index(levels: dict) -> float:
    """The index the clinic's form computes (China value set)."""
    return 1 - sum(EQ5D_CHINA[name][levels[f"eq5d_{name}"] - 1] for name in EQ5D_CHINA)


def facit(rng, fatigue: float, person: np.ndarray) -> dict:
    """13 raw answers 0-4; items 7 and 8 are worded positively."""
    severity = _steps(fatigue + person, (-1.1, 0.0, 1.1, 2.3), rng, 0.35)
    raw = [4 - value if k in (7, 8) else value for k, value in enumerate(severity, start=1)]
    return {f"facit_{k}": int(value) for k, value in enumerate(raw, start=1)}


def sf36(rng, disability: float, pain: float, mood: float, person: np.ndarray) -> dict:
    """Eight domain scores 0-100 on the grid each domain can take."""
    scores = {}
    for domain, own in zip(SF36_DOMAINS, person, strict=True):
        start, by_function, by_pain, by_mood, grid = _SF36[domain]
        level = start + by_function * (disability + 1.5) * 0.45 + by_pain * pain / 60 + by_mood * mood
        value = 100 * logistic(level + own + 0.3 * heavy(rng))
        scores[f"sf36_{domain}"] = round(min(100.0, round(value / grid) * grid), 2)
    return scores


def muscles(rng, deficit: float, tendency: np.ndarray) -> list[int]:
    """15 muscles 0-10 whose losses sum to about `deficit`: neck flexors, then right and left of each group."""
    weight = np.array([1.5] + [w for w in (1.35, 0.9, 0.5, 1.4, 1.35, 1.0, 0.4) for _ in (0, 1)])
    weight = weight * np.exp(tendency + rng.normal(0, 0.12, 15))
    loss = deficit * weight / weight.sum()
    whole = np.floor(loss + rng.uniform(0.2, 0.8, 15))
    return [int(10 - min(10, max(0, value))) for value in whole]


def muscle_person(rng) -> np.ndarray:
    """How a person's weakness is spread; right and left go together."""
    grouped = np.concatenate([[rng.normal(0, 0.3)], np.repeat(rng.normal(0, 0.3, 7), 2)])
    return grouped + rng.normal(0, 0.08, 15)


def vas(rng, mean: float, noise: float = 8.0, high: float = 100.0) -> float:
    """A mark on a line of 100 mm, some people favouring round numbers."""
    value = min(max(mean + noise * heavy(rng), 0.0), high)
    return float(round(value / 5) * 5) if rng.random() < 0.25 else float(round(value))
