"""The way of production from an export to its answers, and the comparison with what the definitions say."""

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import datasets, read
from raw_exports.plain import DAY, opposite
from raw_exports.writing import CHINESE, ENGLISH

N = int(os.environ.get("RAW_PATIENTS", "160"))  # 2000 before a release
SEED = 20261129
DIALECTS = {"english": ENGLISH, "chinese": CHINESE}


@dataclass(frozen=True)
class Outcome:
    """What was read from an export, and derived from it."""

    outcome: Any
    found: Mapping[str, pd.DataFrame]
    queries: pd.DataFrame


def drawn(n: int, seed: int, sign: str, patient: Callable, visit: Callable, begun: Callable) -> dict:
    """People with their visits; `begun` gives the day of the first one."""
    rng = random.Random(seed)
    people = {}
    for number in range(n):
        one = patient(rng)
        for label, week, better in (("W00", 0, 1.0), ("W12", 12, 0.8), ("W24", 24, 0.6)):
            one.visits[label] = visit(rng, better) | {"date": begun(one) + 7 * week * DAY}
        people[f"{sign}{number:05d}"] = one
    return people


def judged_export(request, folders, *, drawn: Callable, export: Callable, study: str) -> tuple[dict, Outcome]:
    """Half of the patients as the program of the fixture's parameter writes them, and what production makes of them."""
    patients = drawn(N // 2, SEED + list(DIALECTS).index(request.param))
    folder = folders.mktemp(request.param)
    file = export(patients, folder, DIALECTS[request.param], random.Random(SEED))
    return patients, derive(file, request.config.rootpath / f"params/{study}/eligibility.yml")


def derive(file: Path, criteria: Path) -> Outcome:
    """Read, code, derive and judge, as production does."""
    study = read.study(file)
    outcome = read.tables(study, root=file.parent)
    analysis = type("Analysis", (), {"data_cut": None, "through_visit": None})()
    rules = read.criteria(criteria, study=study)
    found = datasets.derive(outcome.tables, study=study, analysis=analysis, criteria=rules)
    asked = datasets.findings(outcome.tables, found, study=study)
    return Outcome(outcome, found, read.with_queries(outcome.queries, asked))


def plain(value: Any) -> bool | None:
    """True, False, or None for what is not known."""
    return None if pd.isna(value) else bool(value)


def differences(
    found: Mapping, expected: Mapping[str, Mapping[str, bool | None]], criterion: str
) -> list[tuple]:
    """Who is judged otherwise by a criterion than expected; an exclusion that holds does not pass."""
    passes = found["eligibility"].set_index("subject_id")[f"passes_{criterion}"]
    wanted = {
        who: answers[criterion] if criterion[0] == "I" else opposite(answers[criterion])
        for who, answers in expected.items()
    }
    return [
        (who, criterion, want, plain(passes[who]))
        for who, want in wanted.items()
        if want is not plain(passes[who])
    ]


def told(differing: list[tuple], total: int, evidence: pd.DataFrame | None = None) -> str:
    """The first differences in words, with the evidence of the criterion."""
    lines = [f"{who} {what}: expected {want}, got {got}" for who, what, want, got in differing[:6]]
    if evidence is not None:
        words = evidence.set_index(["subject_id", "criterion"])["evidence"]
        lines = [f"{line}: {words.get((who, what))}" for line, (who, what, *_) in zip(lines, differing)]
    return f"{len(differing)} of {total} differ\n" + "\n".join(lines)
