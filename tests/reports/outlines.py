"""The outlines of the registered reports: which elements each of them must show."""

from dataclasses import dataclass

REPORTS = ("interim", "final")
MARK = {"interim": "I", "final": "F"}


@dataclass(frozen=True, slots=True)
class Outline:
    """What the reports of a study must show, and what stands on their title pages."""

    study: str
    registry: str
    interim_cut: str
    size: int
    # number, what it is, reports it belongs to, labels that make it up; the title page has a test of its own
    elements: list[tuple[int, str, str, list[str]]]
    # what the tables are of unless they say otherwise, and the result that says how many
    analysis_set: str
    analysed: str
    # sections that no sentence needs to name
    unnamed: frozenset[str] = frozenset()

    def labels(self, report: str) -> list[str]:
        """All labels that belong to one report."""
        return [label for _, _, where, labels in self.elements if MARK[report] in where for label in labels]

    def final_only(self) -> list[str]:
        """The labels that an interim report must not hold."""
        return [label for _, _, where, labels in self.elements if where == "F" for label in labels]


DM_ABATACEPT = Outline(
    study="dm_abatacept",
    registry="NCT04946669",
    interim_cut="2022-02-15",
    size=29,
    elements=[
        (1, "Title page", "IF", ["tbl-signatures"]),
        (2, "Synopsis", "IF", ["sec-synopsis"]),
        (3, "Estimand table", "IF", ["tbl-estimand"]),
        (4, "Flow", "IF", ["fig-flow"]),
        (5, "Eligibility audit", "IF", ["tbl-criteria"]),
        (6, "Baseline", "IF", ["tbl-baseline", "tbl-disease", "tbl-prior-drugs"]),
        (7, "Refractoriness", "IF", ["tbl-refractoriness"]),
        (8, "Exposure and adherence", "IF", ["tbl-exposure", "tbl-omitted"]),
        (9, "Core set measures by visit", "IF", ["tbl-core-set"]),
        (10, "Courses of the core set measures", "IF", ["fig-core-set"]),
        (11, "Primary: TIS", "IF", ["tbl-tis-response", "tbl-tis"]),
        (12, "TIS waterfall", "IF", ["fig-waterfall"]),
        (13, "IMACS definition and discordance", "IF", ["tbl-imacs", "tbl-tis-imacs"]),
        (14, "TIS points per patient", "F", ["tbl-tis-points"]),
        (15, "CDASI and responders", "IF", ["tbl-cdasi", "tbl-cdasi-response"]),
        (16, "CDASI paired with regression to the mean", "IF", ["fig-cdasi"]),
        (17, "Lung function", "F", ["tbl-lung", "tbl-lung-progression"]),
        (18, "Glucocorticoids", "IF", ["tbl-steroids", "tbl-steroid-response", "tbl-steroid-cumulative"]),
        (19, "Dose timelines", "F", ["fig-doses"]),
        (20, "Patient-reported outcomes", "F", ["tbl-pro", "tbl-sf36"]),
        (21, "Intercurrent events", "IF", ["tbl-intercurrent"]),
        (22, "Adverse events, overview with rates", "IF", ["tbl-ae-overview"]),
        (
            23,
            "Adverse events by term, by grade, serious",
            "IF",
            ["tbl-ae-soc-pt", "tbl-aesi", "tbl-ae-grade", "tbl-sae"],
        ),
        (24, "Laboratory shifts", "IF", ["tbl-lab-shift", "fig-lab-shift"]),
        (25, "Missing data and strategies", "F", ["tbl-missing", "tbl-missing-strategies"]),
        (26, "Sensitivity", "F", ["tbl-sensitivity", "tbl-methods"]),
        (27, "Subgroups", "F", ["tbl-subgroups"]),
        (28, "Interpretation", "IF", ["sec-interpretation", "sec-change-contents", "sec-limitations"]),
        (
            29,
            "Checklists, profiles, query log, software",
            "IF",
            ["tbl-checklist", "tbl-profiles", "tbl-query-list", "tbl-software", "tbl-files"],
        ),
    ],
    analysis_set="Full analysis set",
    analysed="flow.all.analysed.all.all.n",
)

RA_COHORT = Outline(
    study="ra_cohort",
    registry="NCT07126431",
    interim_cut="2025-06-30",
    size=30,
    elements=[
        (1, "Title page", "IF", []),
        (2, "Synopsis", "IF", ["sec-synopsis", "tbl-synopsis"]),
        (3, "Deviations and registry discrepancies", "IF", ["tbl-discrepancies", "tbl-deviations"]),
        (4, "Flow", "IF", ["fig-flow"]),
        (5, "Eligibility audit", "IF", ["tbl-criteria"]),
        (6, "Recruitment", "I", ["fig-recruitment"]),
        (7, "Baseline characteristics, treatment at entry", "IF", ["tbl-baseline", "tbl-entry-treatment"]),
        (8, "D2T criteria and sub-items", "IF", ["tbl-d2t"]),
        (9, "UpSet of criterion 2", "IF", ["fig-upset"]),
        (10, "Prior DMARD exposure", "IF", ["tbl-history"]),
        (11, "Swimmer of drug sequences", "F", ["fig-swimmer"]),
        (12, "Disease activity by visit", "IF", ["tbl-activity"]),
        (13, "Mean activity by visit", "IF", ["fig-course"]),
        (14, "Remission and low disease activity", "IF", ["tbl-remission"]),
        (15, "Disease states", "IF", ["fig-states"]),
        (16, "ACR, EULAR and CDAI responses", "F", ["tbl-response"]),
        (17, "Time to target, drug survival", "F", ["fig-time-to-target", "fig-drug-survival"]),
        (18, "Patient-reported outcomes", "IF", ["tbl-pro"]),
        (19, "Treat to target", "IF", ["tbl-t2t"]),
        (20, "Biomarkers", "F", ["tbl-markers"]),
        (21, "Phenotypes", "F", ["fig-phenotypes"]),
        (22, "Predictors", "F", ["tbl-predictors", "tbl-performance"]),
        (23, "Calibration, decision curve", "F", ["fig-calibration", "fig-decision"]),
        (24, "Radiographic progression", "F", ["tbl-films"]),
        (25, "Adverse events", "IF", ["tbl-ae-overview", "tbl-eair", "tbl-aesi", "tbl-sae"]),
        (26, "Missing data, loss by exposure", "IF", ["fig-missing", "tbl-missing", "tbl-loss"]),
        (27, "Sensitivity", "F", ["tbl-sensitivity", "tbl-definitions"]),
        (28, "Limitations", "IF", ["sec-limitations"]),
        (29, "Query log and checklists", "IF", ["tbl-queries", "tbl-query-list", "tbl-strobe", "tbl-ptc"]),
        (30, "Software, seed, reproducibility", "IF", ["sec-software", "tbl-software", "tbl-files"]),
    ],
    analysis_set="Cohort analysis set",
    analysed="flow.all.enrolled.all.all.n",
    unnamed=frozenset(["sec-software"]),
)
OUTLINES = {outline.study: outline for outline in (DM_ABATACEPT, RA_COHORT)}
