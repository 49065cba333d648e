"""Attack on released results: what of suppressed counts can be reckoned from a release.

    python benchmarks/attack.py --studies 1000 --seed 20000     random studies
    python benchmarks/attack.py --reports                       the published reports of this project, and every two of
                                                                them one after the other, under every profile

The attacker has every number that was released, knows which counts add up to which, and how the profile works; what is
possible for each suppressed count is found by integer programming. Of two releases of one study, the attacker has both,
and knows of every count that stayed or grew that it did.
The equations are the attacker's own (`share_studies`), not those that the protection found.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]


def attacked_study(task):
    """Suppressed counts of one random study, how many of them are narrowed down, and the share of counts told."""
    from share_studies import bounds, random_study, truth

    from pipeline.share.profiles import PROFILES
    from pipeline.share.protect import SMALL, protect

    seed, name = task
    profile, rows = PROFILES[name], random_study(seed)
    released, real = protect(rows, profile), truth(rows)
    told = {i: value for i, value in released.told().items() if i in real}
    small = {i for i, why in released.why.items() if why == SMALL and i in real}
    found = bounds(rows, told, small, profile)
    narrowed = [
        (seed, i, real[i], *ends)
        for i, ends in found.items()
        if ends[0] > profile.small[0] or ends[1] < profile.small[1]
    ]
    return name, len(found), narrowed, len(told) / len(real)


def sums_by_name(rows):
    """Which counts of a report add up to which, by their names alone, where it is so in truth.

    What adds up by chance in one result, and not in others of its kind, an attacker does not know.
    """
    counts = {
        r["result_id"]: r["value"]
        for r in rows
        if r["kind"] in ("persons", "events") and r["value"] is not None
    }
    families = defaultdict(dict)
    for name in counts:
        parts = name.split(".")
        for place in (2, 3, 4):
            families[place, *parts[:place], *parts[place + 1 :]][parts[place]] = name
    for members in families.values():
        whole, parts = members.pop("all", None), list(members.values())
        if whole and len(parts) > 1 and counts[whole] == sum(counts[p] for p in parts):
            yield whole, parts
    results = defaultdict(dict)
    for name in counts:
        results[name.rpartition(".")[0]][name.rpartition(".")[2]] = name
    outcomes = list(_outcomes(counts, results))
    with_missing = {whole for whole, parts in outcomes if any(part.endswith(".n_missing") for part in parts)}
    yield from outcomes
    yield from _sizes(counts, results, with_missing)


def _sizes(counts, results, with_missing):
    """Known and missing of every result of an analysis at a visit add up to one number, which others tell, too."""
    families, sizes = defaultdict(list), defaultdict(list)
    for prefix, leaves in results.items():
        analysis, population, _, visit, group = prefix.split(".")
        known = leaves.get("n") or leaves.get("n_pairs")
        if known and ("n_missing" not in leaves or known in with_missing):
            sizes[population, visit, group, counts[known]].append(known)
        if known and "n_missing" in leaves and known not in with_missing:
            families[analysis, population, visit, group].append((known, leaves["n_missing"]))
    for (_, population, visit, group), members in families.items():
        totals = {counts[known] + counts[missing] for known, missing in members}
        most = max((key[3] for key in sizes if (key[0], key[2]) == (population, group)), default=0)
        if len(totals) == 1 and (len(members) > 1 or totals == {most}):
            for known, missing in members:
                near = {one for at in (visit, "all") for one in sizes[population, at, group, *totals]}
                for size in sorted(near)[:3]:
                    yield size, [known, missing]


def _outcomes(counts, results):
    """Outcomes add up to the number they are of, in the same way in every result of an analysis."""
    names = ("count", "not_met", "n_missing", "unchanged", "worse", "improved")
    ways = defaultdict(list)
    for prefix, leaves in results.items():
        whole = leaves.get("n") or leaves.get("n_pairs")
        rest = tuple(name for name in names if name in leaves)
        if whole and len(rest) > 1:
            ways[prefix.partition(".")[0], rest].append((whole, leaves))
    for (_, rest), members in ways.items():
        for size in range(2, len(rest) + 1):
            for chosen in combinations(rest, size):
                if all(sum(counts[leaves[i]] for i in chosen) == counts[whole] for whole, leaves in members):
                    yield from ((whole, [leaves[i] for i in chosen]) for whole, leaves in members)


class Attacker:
    """What one or two released files say of counts, and what of each count remains possible.

    A count of the earlier file has ``before:`` before its name. Of a count that stayed or grew in truth the attacker is
    taken to know that it did.
    """

    def __init__(self):
        self.lines, self.limits, self.real = [], {}, {}

    def read(self, rows, released, profile, *, prefix=""):
        """Take in a released file."""
        told, half = released.told(), profile.multiple / 2
        real = {
            r["result_id"]: r["value"]
            for r in rows
            if r["kind"] in ("persons", "events") and r["value"] is not None
        }
        most = 4 * max(real.values())
        for name, value in real.items():
            if name not in told:
                limits = (0, most)
            elif told[name] == 0:
                limits = (0, 0)
            else:
                low = max(np.ceil(told[name] - half), profile.smallest)
                limits = (low, np.ceil(told[name] + half) - 1)
            self.limits[prefix + name], self.real[prefix + name] = limits, value
        for whole, parts in sums_by_name(rows):
            names = tuple(prefix + name for name in (whole, *parts))
            self.lines.append((names, (-1, *[1] * len(parts)), 0, 0))

    def link(self):
        """Counts of both files: as large, or larger now."""
        for name, value in self.real.items():
            if (then := self.real.get(f"before:{name}")) is not None and value >= then:
                most = 0 if value == then else np.inf
                self.lines.append(((name, f"before:{name}"), (1, -1), 0, most))

    def narrowed(self, asked, smallest, largest):
        """Of the counts asked for, those for which not every small number remains possible."""
        owner = {}
        for line in dict.fromkeys(self.lines):
            merged = [line]
            for other in {id(owner[i]): owner[i] for i in line[0] if i in owner}.values():
                merged += other
            for member in merged:
                owner |= dict.fromkeys(member[0], merged)
        found = []
        for group in {id(lines): lines for lines in owner.values()}.values():
            inside = set().union(*(line[0] for line in group)) & asked
            found += self._of(group, sorted(inside), smallest, largest) if inside else []
        alone = [
            i for i in asked - owner.keys() if self.limits[i][0] > smallest or self.limits[i][1] < largest
        ]
        return found + [(i, self.real[i], *self.limits[i]) for i in alone]

    def _of(self, group, asked, smallest, largest):
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        names = sorted(set().union(*(line[0] for line in group)))
        place = {i: at for at, i in enumerate(names)}
        entries = [
            (at, place[i], sign)
            for at, (inside, signs, *_) in enumerate(group)
            for i, sign in zip(inside, signs, strict=True)
        ]
        row, column, sign = zip(*entries, strict=True)
        matrix = coo_array((sign, (row, column)), shape=(len(group), len(names))).tocsr()
        ends = [line[2:] for line in group]
        low, high = (np.array([self.limits[i][side] for i in names], float) for side in (0, 1))
        rule = LinearConstraint(matrix, [e[0] for e in ends], [e[1] for e in ends])
        seen = {i: [self.real[i], self.real[i]] for i in asked}

        def look(aims):
            """Take in the possible counts that lie farthest in a direction."""
            aim = np.zeros(len(names))
            for i, sign in aims.items():
                aim[place[i]] = -sign
            end = milp(aim, integrality=np.ones(len(names)), constraints=rule, bounds=Bounds(low, high))
            assert end.success, "the attacker's system holds the truth"
            for other in asked:
                value = round(end.x[place[other]])
                seen[other] = [min(seen[other][0], value), max(seen[other][1], value)]

        for half in range(
            len(asked).bit_length()
        ):  # most are seen to be open by looking several ways at once
            for turn in (1, -1):
                look({i: turn * (1 if at >> half & 1 else -1) for at, i in enumerate(asked)})
        for i in asked:
            if seen[i][1] < largest:
                look({i: 1})
            if seen[i][0] > smallest:
                look({i: -1})
        return [(i, self.real[i], *seen[i]) for i in asked if seen[i][0] > smallest or seen[i][1] < largest]


def small_ones(rows, released, prefix=""):
    """The counts that were suppressed for being small."""
    from pipeline.share.protect import SMALL

    counts = {r["result_id"] for r in rows if r["kind"] in ("persons", "events") and r["value"] is not None}
    return {prefix + i for i in counts if released.why.get(i) == SMALL}


@dataclass(frozen=True, slots=True)
class Release:
    """One report under one profile: its name, its results, and what of them was released when it was the first."""

    name: str
    rows: list
    profile: object
    released: object


def attacked_report(first):
    """The same for a report that is released first."""
    attacker = Attacker()
    attacker.read(first.rows, first.released, first.profile)
    small = small_ones(first.rows, first.released)
    return len(attacker.real), len(attacker.lines), len(small), attacker.narrowed(small, *first.profile.small)


def attacked_pair(first, then):
    """The same for two releases, the second made with the memory of the first.

    Returns
    -------
    tuple
        Counts, small ones that are suppressed in either, those narrowed down, and how many counts the second release
        had to hold back for the first; or why nothing is released a second time.
    """
    from pipeline.share.memory import known_by_readers, remembered
    from pipeline.share.protect import protect

    before, now, profile = first.profile, then.rows, then.profile
    entry = {"number": 1, "report": "final", "profile": before.name, "suppressed": first.released.why}
    memory = remembered(now, profile, [entry | known_by_readers(first.rows, first.released, before)])
    if memory.contradicted:
        return f"refused: {len(memory.contradicted)} counts cannot be held back any more"
    again = protect(now, profile, also=memory.hold, before=memory.before)
    attacker = Attacker()
    attacker.read(first.rows, first.released, before, prefix="before:")
    attacker.read(now, again, profile)
    attacker.link()
    said = {
        i for i, value in first.released.told().items() if value == 0
    }  # that there are none was told before
    small = small_ones(first.rows, first.released, "before:") | (small_ones(now, again) - said)
    smallest = max(before.small[0], profile.small[0])
    largest = min(before.small[1], profile.small[1])
    bad = attacker.narrowed(small, smallest, largest)
    return len(attacker.real), len(small), bad, len(memory.hold)


def profiles():
    """The profiles for the public, and numbers of a study's own: no rounding, so that every sum holds exactly."""
    from pipeline.share.profiles import PROFILES, Profile

    custom = Profile("custom-4-1", "the data board", smallest=5, multiple=1)
    return {one.name: one for one in (*PROFILES.values(), custom) if one.protects}


def attack_reports(root, study, names):
    """Every published report of a project under every profile, and every two releases of one study in either order."""
    from pipeline.project import Project
    from pipeline.share.protect import protect
    from pipeline.share.release import results_of

    total = Counter()
    for folder in sorted((root / "params").glob(study)):
        firsts = []
        for report in ("interim", "final"):
            rows = results_of(Project(root).build / folder.name / report)
            for profile in (profiles()[name] for name in names):
                first = Release(f"{report} {profile.name}", rows, profile, protect(rows, profile))
                counts, lines, small, bad = attacked_report(first)
                total += Counter(releases=1, small=small, narrowed=len(bad))
                told = f"{counts} counts, {lines} sums, {small} small counts suppressed, {len(bad)} narrowed down"
                print(f"{folder.name}/{first.name}: {told}", *bad[:5], sep="\n", flush=True)
                firsts.append(first)
        for first, then in product(firsts, repeat=2):
            found = attacked_pair(first, then)
            said, bad = found, []
            if isinstance(found, str):
                total += Counter(refused=1)
            else:
                counts, small, bad, held = found
                total += Counter(pairs=1, small=small, narrowed=len(bad))
                said = f"{counts} counts, {held} held back, {small} small counts, {len(bad)} narrowed down"
            print(f"{folder.name} {first.name}, then {then.name}: {said}", *bad[:5], sep="\n", flush=True)
    print(", ".join(f"{name} {n}" for name, n in total.items()))


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--studies", type=int, default=0)
    options.add_argument("--seed", type=int, default=20000)
    options.add_argument("--both", action="store_true", help="every study under both profiles, not in turn")
    options.add_argument("--reports", action="store_true")
    options.add_argument("--project", type=Path, default=ROOT, help="where the reports are published")
    options.add_argument("--study", default="*", help="its reports only")
    options.add_argument("--profiles", nargs="+", default=list(profiles()), help="of the reports")
    options.add_argument("--workers", type=int, default=1)
    chosen, start = options.parse_args(), time.time()
    names = ("opensafely-7-5", "strict-10")
    if chosen.studies:
        seeds = range(chosen.seed, chosen.seed + chosen.studies)
        tasks = [(seed, name) for seed in seeds for name in names if chosen.both or name == names[seed % 2]]
        cells, narrowed, share = Counter(), defaultdict(list), defaultdict(list)
        with ProcessPoolExecutor(chosen.workers) as pool:
            for name, n, bad, told in pool.map(attacked_study, tasks, chunksize=8):
                cells[name] += n
                narrowed[name] += bad
                share[name].append(told)
                if sum(map(len, share.values())) % 100 == 0:
                    done = ", ".join(
                        f"{k} {len(share[k])} studies {cells[k]} cells {len(narrowed[k])}" for k in names
                    )
                    print(f"{done} narrowed down, {time.time() - start:.0f} s", flush=True)
        for name in names:
            print(
                f"{name}: {len(share[name])} studies from seed {chosen.seed}, {cells[name]} small counts suppressed, "
                f"{len(narrowed[name])} narrowed down, {100 * np.mean(share[name]):.0f} % of counts told"
            )
            print(*narrowed[name][:5], sep="\n")
    if chosen.reports:
        attack_reports(chosen.project, chosen.study, chosen.profiles)
    print(f"{time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
