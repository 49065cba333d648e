"""Random studies for the attack on released results, and the attacker, who shares no code with what protects."""

import numpy as np

from analysis import results


def random_study(seed: int) -> list[dict]:
    """Results of a study with groups, a variable with levels, missing values, a flow and subsets.

    Small studies and rare levels are common, for they are what is hard to protect.
    """
    draw = np.random.default_rng(seed)
    people = int(draw.integers(12, 260))
    share = draw.uniform(0.1, 0.9)
    group = draw.choice(["a", "b"], people, p=[share, 1 - share])
    levels = draw.choice(int(draw.integers(2, 6)), people)
    rare = draw.random(people) < draw.uniform(0.0, 0.2)
    missing = draw.random(people) < draw.uniform(0.0, 0.1)
    frames = []
    for name, inside in (("all", np.ones(people, bool)), ("a", group == "a"), ("b", group == "b")):
        keys = {"analysis": "baseline", "population": "FAS", "group": name}
        known = inside & ~missing
        frames.append(
            results.rows_of({"n": known.sum(), "n_missing": (inside & missing).sum()}, variable="sex", **keys)
        )
        for level in np.unique(levels):
            count = int((known & (levels == level)).sum())
            frames.append(
                results.rows_of(
                    {"count": count},
                    denominator=int(known.sum()),
                    patients=int(known.sum()),
                    variable="sex",
                    visit=str(level),
                    **keys,
                )
            )
        yes = int((inside & rare).sum())
        size = int(inside.sum())
        frames.append(
            results.rows_of(
                {"count": yes, "n": size, "proportion": yes / max(size, 1)},
                unit="proportion",
                variable="event",
                **keys,
            )
        )
    stacked = results.stack(frames)
    return stacked.astype(object).where(stacked.notna(), None).to_dict("records")


def truth(rows: list[dict]) -> dict[str, int]:
    return {row["result_id"]: int(row["value"]) for row in rows if row["kind"] == "persons"}


def equations(rows: list[dict]) -> list[tuple[str, list[str]]]:
    """What anybody who knows the study's design knows: which counts add up to which."""
    known = {row["result_id"] for row in rows}
    base = "baseline.fas"
    found = []
    levels = sorted({i.split(".")[3] for i in known if i.startswith(f"{base}.sex.") and i.endswith(".count")})
    for group in ("all", "a", "b"):
        found.append((f"{base}.sex.all.{group}.n", [f"{base}.sex.{level}.{group}.count" for level in levels]))
        found.append(
            (
                f"{base}.event.all.{group}.n",
                [f"{base}.sex.all.{group}.n", f"{base}.sex.all.{group}.n_missing"],
            )
        )
    for leaf in ("sex.all.{}.n", "sex.all.{}.n_missing", "event.all.{}.n", "event.all.{}.count"):
        found.append((f"{base}.{leaf.format('all')}", [f"{base}.{leaf.format(g)}" for g in "ab"]))
    for level in levels:
        found.append((f"{base}.sex.{level}.all.count", [f"{base}.sex.{level}.{g}.count" for g in "ab"]))
    return found


def bounds(rows: list[dict], told: dict[str, float], hidden: set[str], profile) -> dict[str, tuple[int, int]]:
    """The smallest and largest value of each suppressed count that fits all that was released.

    A count for which every small value was met on the way is not looked at any further.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    names = sorted(truth(rows))
    place = {name: at for at, name in enumerate(names)}
    largest = sum(told.get(name, 0) for name in names) + 4 * profile.smallest
    low, high = np.zeros(len(names)), np.full(len(names), float(largest))
    for name in names:
        if name in told:
            value, at = told[name], place[name]
            half = profile.multiple / 2
            low[at], high[at] = (0, 0) if value == 0 else (np.ceil(value - half), np.ceil(value + half) - 1)
            if value:
                low[at] = max(low[at], profile.smallest)
    lines = equations(rows)
    matrix = np.zeros((len(lines) + 3, len(names)))
    floor = np.zeros(len(lines) + 3)
    for at, (whole, parts) in enumerate(lines):
        matrix[at, place[whole]] -= 1
        for part in parts:
            matrix[at, place[part]] += 1
    for at, group in enumerate(("all", "a", "b"), start=len(lines)):  # who has an event is one of the group
        matrix[at, place[f"baseline.fas.event.all.{group}.n"]] = 1
        matrix[at, place[f"baseline.fas.event.all.{group}.count"]] = -1
    ceiling = np.array([0.0] * len(lines) + [np.inf] * 3)
    rules = {"constraints": LinearConstraint(csr_array(matrix), floor, ceiling), "bounds": Bounds(low, high)}
    seen = {name: [np.inf, -np.inf] for name in hidden}
    for name in sorted(hidden):
        for sign in (1, -1):
            if seen[name][0] <= profile.small[0] and seen[name][1] >= profile.small[1]:
                break
            aim = np.zeros(len(names))
            aim[place[name]] = sign
            end = milp(aim, integrality=np.ones(len(names)), **rules)
            assert end.success, "the attacker's system holds the truth"
            for other in hidden:
                value = round(end.x[place[other]])
                seen[other] = [min(seen[other][0], value), max(seen[other][1], value)]
    return {name: (ends[0], ends[1]) for name, ends in seen.items()}
