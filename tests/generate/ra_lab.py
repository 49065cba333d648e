"""Laboratory results of the RA cohort: acute phase, safety, immune phenotype."""

from datetime import timedelta

import numpy as np

from generate.draws import heavy, stream
from generate.ra_export import identity

SAFETY = ("ALT", "AST", "WBC", "NEUT", "HB", "PLT", "CREA")
IMMUNE_WEEKS = (0, 24, 48)
# log mean in phenotype (myeloid, lymphoid, pauci-inflammatory), slope on activity, person spread
_IMMUNE = {
    "CD4": (-0.45, -0.15, -0.4, 0.05, 0.22), "CD8": (-0.85, -0.75, -0.8, 0.0, 0.28),
    "CD19": (-1.9, -1.35, -1.75, 0.05, 0.35), "NK": (-1.55, -1.5, -1.2, -0.12, 0.35),
    "TREG": (1.6, 1.65, 1.85, -0.1, 0.18),
    "IL6": (3.0, 2.0, 1.1, 0.55, 0.5), "IL10": (0.9, 1.3, 0.7, 0.1, 0.45),
    "IL17A": (0.7, 1.8, 0.2, 0.25, 0.5), "TNFA": (2.3, 1.7, 1.2, 0.3, 0.4), "IFNG": (0.7, 1.6, 0.5, 0.15, 0.5),
}  # fmt: skip


def visit_name(visit) -> str:
    return {None: "临时", 0: "基线"}.get(visit.week, f"第{visit.week}周")


class Laboratory:
    """All results of one person; levels that are the person's own are drawn once."""

    def __init__(self, seed, person):
        self.rng = stream(seed, "lab", person.number)
        self.person = person
        who = identity(person)
        self.who = (person.id, who["name"])
        female, rng = person.sex == 2, self.rng
        self.own = {
            "ALT": rng.normal(3.0, 0.4), "AST": rng.normal(3.05, 0.28), "WBC": rng.normal(1.9, 0.25),
            "HB": rng.normal(124 if female else 138, 11), "PLT": rng.normal(255, 55),
            "CREA": rng.normal(56 if female else 72, 9),
        }  # fmt: skip
        self.immune_own = {name: rng.normal(0, entry[4]) for name, entry in _IMMUNE.items()}

    def day(self, visit):
        """Blood is taken on the day or up to two days earlier; on the day at baseline."""
        return visit.day - timedelta(int(self.rng.choice([0, 0, 0, 1, 2])) if visit.week else 0)

    def inflammation(self, printer, visit) -> list[dict]:
        day, results = self.day(visit), {"CRP": visit.state["crp"], "ESR": visit.state["esr"]}
        if visit.week == 0:
            results |= {"RF": self.person.traits["rf"], "ACPA": self.person.traits["acpa"]}
        return [self._row(printer, visit, day, name, value) for name, value in results.items()]

    def safety(self, printer, visit) -> list[dict]:
        day, rng = self.day(visit), self.rng
        bump = 1.4 * rng.exponential() if rng.random() < 0.045 else 0.0
        cytopenia = 0.6 if rng.random() < 0.012 else 0.0
        blocked = 0.25 * (visit.drug == "tocilizumab") * (visit.week != 0)
        white = self.own["WBC"] + 0.012 * visit.gc - blocked - cytopenia + 0.14 * heavy(rng)
        share = float(np.clip(0.62 + 0.05 * rng.normal() - 0.15 * cytopenia, 0.25, 0.85))
        results = {
            "ALT": np.exp(self.own["ALT"] + 0.22 * heavy(rng) + bump),
            "AST": np.exp(self.own["AST"] + 0.16 * heavy(rng) + 0.75 * bump),
            "WBC": np.exp(white), "NEUT": np.exp(white) * share,
            "HB": np.clip(self.own["HB"] - 4.5 * (visit.level - 2.4) + 4 * heavy(rng), 62, 175),
            "PLT": np.clip(self.own["PLT"] + 22 * (visit.level - 2.4) + 22 * heavy(rng), 45, 640),
            "CREA": np.clip(self.own["CREA"] + 5 * heavy(rng), 25, 240),
        }  # fmt: skip
        return [self._row(printer, visit, day, name, float(value)) for name, value in results.items()]

    def immune(self, printer, visit) -> list[dict]:
        if visit.week not in IMMUNE_WEEKS or self.rng.random() < 0.06:
            return []
        day, kind, rng = self.day(visit), self.person.phenotype, self.rng
        values = {
            name: np.exp(
                entry[kind] + entry[3] * (visit.level - 3.0) + self.immune_own[name] + 0.2 * heavy(rng)
            )
            for name, entry in _IMMUNE.items()
        }
        if visit.week and visit.drug == "rituximab":
            values["CD19"] *= 0.03
        if visit.week and visit.drug == "tocilizumab":
            values["IL6"] *= 3.0
        values["CD3"] = (values["CD4"] + values["CD8"]) * float(np.exp(0.05 + 0.03 * rng.normal()))
        lymphocytes = values["CD3"] + values["CD19"] + values["NK"]
        values |= {name: 100 * values[name] / lymphocytes for name in ("CD3", "CD4", "CD8", "CD19", "NK")}
        order = ("CD3", *_IMMUNE)
        return [self._row(printer, visit, day, name, float(values[name])) for name in order]

    def _row(self, printer, visit, day, analyte, value) -> dict:
        lost = visit.week != 0 and self.rng.random() < 0.012
        reason = str(self.rng.choice(["未查", "未做", "拒查"])) if lost else value
        return printer.row(self.who, self.person.sex, visit_name(visit), day, analyte, reason)
