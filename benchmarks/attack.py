"""Attack on released results: what of suppressed counts can be reckoned from a release.

    python benchmarks/attack.py --studies 1000 --seed 20000     random studies
    python benchmarks/attack.py --reports                       the published reports of this project

The attacker has every number that was released, knows which counts add up to which, and how the profile works; what is
possible for each suppressed count is found by integer programming (random studies) or linear programming (reports).
The equations are the attacker's own (`share_studies`), not those that the protection found.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
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
    """Which counts of a report add up to which, by their names alone, where it is so in truth."""
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
    sizes = defaultdict(set)
    for leaves in results.values():
        for size in ("n", "n_pairs"):
            if size in leaves:
                keys = leaves[size].split(".")
                sizes[keys[1], keys[4], counts[leaves[size]]].add(leaves[size])
    for leaves in results.values():
        known = leaves.get("n") or leaves.get("n_pairs")
        if known and "n_missing" in leaves:
            keys = known.split(".")
            total = counts[known] + counts[leaves["n_missing"]]
            for size in sorted(sizes[keys[1], keys[4], total] - {known})[:3]:
                yield size, [known, leaves["n_missing"]]
        if known:
            rest = [
                leaves[s]
                for s in ("count", "not_met", "n_missing", "unchanged", "worse", "improved")
                if s in leaves
            ]
            for k in range(2, len(rest) + 1):
                if sum(counts[i] for i in rest[:k]) == counts[known]:
                    yield known, rest[:k]


def attacked_report(study, report, name):
    """The same for a published report, by linear programming."""
    from scipy.optimize import linprog
    from scipy.sparse import lil_array

    from pipeline.project import Project
    from pipeline.share.profiles import PROFILES
    from pipeline.share.protect import SMALL, protect
    from pipeline.share.release import results_of

    profile, rows = PROFILES[name], results_of(Project(ROOT).build / study / report)
    released = protect(rows, profile)
    real = {
        r["result_id"]: r["value"]
        for r in rows
        if r["kind"] in ("persons", "events") and r["value"] is not None
    }
    told = released.told()
    lines = list(dict.fromkeys((whole, *parts) for whole, parts in sums_by_name(rows)))
    names = sorted({i for line in lines for i in line})
    place = {i: at for at, i in enumerate(names)}
    matrix = lil_array((len(lines), len(names)))
    for at, (whole, *parts) in enumerate(lines):
        matrix[at, place[whole]] = -1
        for part in parts:
            matrix[at, place[part]] += 1
    matrix = matrix.tocsr()
    half, most = profile.multiple / 2, 4 * max(real.values())
    limits = []
    for i in names:
        if i not in told:
            limits.append((0, most))
        elif told[i] == 0:
            limits.append((0, 0))
        else:
            limits.append((max(np.ceil(told[i] - half), profile.smallest), np.ceil(told[i] + half) - 1))
    small = [i for i in names if released.why.get(i) == SMALL]
    narrowed = []
    for i in small:
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(names))
            aim[place[i]] = sign
            found = linprog(aim, A_eq=matrix, b_eq=np.zeros(len(lines)), bounds=limits, method="highs")
            assert found.success, "the attacker's system holds the truth"
            ends.append(sign * found.fun)
        if np.ceil(ends[0] - 1e-6) > profile.small[0] or np.floor(ends[1] + 1e-6) < profile.small[1]:
            narrowed.append((i, real[i], *ends))
    return len(real), len(lines), len(small), narrowed


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--studies", type=int, default=0)
    options.add_argument("--seed", type=int, default=20000)
    options.add_argument("--both", action="store_true", help="every study under both profiles, not in turn")
    options.add_argument("--reports", action="store_true")
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
        for folder in sorted((ROOT / "params").iterdir()):
            for report in ("interim", "final"):
                for name in names:
                    counts, lines, small, bad = attacked_report(folder.name, report, name)
                    print(
                        f"{folder.name}/{report} {name}: {counts} counts, {lines} sums, {small} small counts "
                        f"suppressed, {len(bad)} narrowed down",
                        flush=True,
                    )
                    print(*bad[:5], sep="\n")
    print(f"{time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
