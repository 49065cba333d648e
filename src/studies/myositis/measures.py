"""What is measured in myositis: the core set, skin, lungs and what patients report, each with its scale."""

from dataclasses import dataclass

from analysis.language import mark, tr, with_unit


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its column, label (in English) and unit, direction, resolution and decimals of its own values."""

    id: str
    variable: str
    english: str
    unit: str
    higher_is_better: bool
    resolution: float
    digits: int
    zeros: str | None = None

    @property
    def label(self) -> str:
        """What it is called."""
        return tr(self.english)

    @property
    def title(self) -> str:
        """Label with the unit and the direction of improvement."""
        better = mark("higher is better") if self.higher_is_better else mark("lower is better")
        return tr("{label} ({better})", label=with_unit(self.label, self.unit), better=tr(better))


CORE_SET = (
    Measure("phga", "phga_mm", mark("Physician global activity"), "mm", False, 1, 0),
    Measure("ptga", "ptga_mm", mark("Patient global activity"), "mm", False, 1, 0),
    Measure("mmt8", "mmt8", mark("MMT-8, 0-150"), "", True, 1, 0),
    Measure("haq_di", "haq_di", mark("HAQ-DI, 0-3"), "", False, 0.125, 1),
    Measure("enzyme", "enzyme_xuln", mark("Muscle enzyme"), mark("multiples of ULN"), False, 0.000001, 1),
    Measure("extramuscular", "extramuscular_mm", mark("Extramuscular activity"), "mm", False, 1, 0),
)


SKIN = (
    Measure("cdasi_activity", "cdasi_activity", mark("CDASI activity, 0-100"), "", False, 1, 0),
    Measure("cdasi_damage", "cdasi_damage", mark("CDASI damage, 0-32"), "", False, 1, 0),
)


LUNG = (
    Measure("fvc", "fvc_pp", "FVC", mark("% predicted"), True, 0.1, 0),
    Measure("dlco", "dlco_pp", "DLCO", mark("% predicted"), True, 0.1, 0),
)


STEROIDS = (
    Measure("prednisone", "prednisone_mg_day", mark("Prednisone equivalent"), "mg/day", False, 0.5, 1),
)


REPORTED = (
    *(measure for measure in CORE_SET if measure.id in ("haq_di", "ptga")),
    Measure("pain", "pain_mm", mark("Pain"), "mm", False, 1, 0),
    Measure("sf36_pcs", "sf36_pcs", mark("SF-36 physical component"), "", True, 0.01, 0),
    Measure("sf36_mcs", "sf36_mcs", mark("SF-36 mental component"), "", True, 0.01, 0),
)


SF36_DOMAINS = tuple(
    Measure(f"sf36_{key}", f"sf36_{key}", name, "0-100", True, 0.01, 0)
    for key, name in (
        ("pf", mark("SF-36 physical functioning")),
        ("rp", mark("SF-36 role physical")),
        ("bp", mark("SF-36 bodily pain")),
        ("gh", mark("SF-36 general health")),
        ("vt", mark("SF-36 vitality")),
        ("sf", mark("SF-36 social functioning")),
        ("re", mark("SF-36 role emotional")),
        ("mh", mark("SF-36 mental health")),
    )
)
