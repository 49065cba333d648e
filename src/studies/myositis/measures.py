"""What is measured in myositis: the core set, skin, lungs and what patients report, each with its scale."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its column, label and unit, direction, resolution and decimals of its own values."""

    id: str
    variable: str
    label: str
    unit: str
    higher_is_better: bool
    resolution: float
    digits: int
    zeros: str | None = None

    @property
    def title(self) -> str:
        """Label with the unit and the direction of improvement."""
        better = "higher is better" if self.higher_is_better else "lower is better"
        return f"{self.label}{f', {self.unit}' if self.unit else ''} ({better})"


CORE_SET = (
    Measure("phga", "phga_mm", "Physician global activity", "mm", False, 1, 0),
    Measure("ptga", "ptga_mm", "Patient global activity", "mm", False, 1, 0),
    Measure("mmt8", "mmt8", "MMT-8, 0-150", "", True, 1, 0),
    Measure("haq_di", "haq_di", "HAQ-DI, 0-3", "", False, 0.125, 1),
    Measure("enzyme", "enzyme_xuln", "Muscle enzyme", "multiples of ULN", False, 0.000001, 1),
    Measure("extramuscular", "extramuscular_mm", "Extramuscular activity", "mm", False, 1, 0),
)


SKIN = (
    Measure("cdasi_activity", "cdasi_activity", "CDASI activity, 0-100", "", False, 1, 0),
    Measure("cdasi_damage", "cdasi_damage", "CDASI damage, 0-32", "", False, 1, 0),
)


LUNG = (
    Measure("fvc", "fvc_pp", "FVC", "% predicted", True, 0.1, 0),
    Measure("dlco", "dlco_pp", "DLCO", "% predicted", True, 0.1, 0),
)


STEROIDS = (Measure("prednisone", "prednisone_mg_day", "Prednisone equivalent", "mg/day", False, 0.5, 1),)


REPORTED = (
    *(measure for measure in CORE_SET if measure.id in ("haq_di", "ptga")),
    Measure("pain", "pain_mm", "Pain", "mm", False, 1, 0),
    Measure("sf36_pcs", "sf36_pcs", "SF-36 physical component", "", True, 0.01, 0),
    Measure("sf36_mcs", "sf36_mcs", "SF-36 mental component", "", True, 0.01, 0),
)


SF36_DOMAINS = tuple(
    Measure(f"sf36_{key}", f"sf36_{key}", f"SF-36 {name}", "0-100", True, 0.01, 0)
    for key, name in (
        ("pf", "physical functioning"),
        ("rp", "role physical"),
        ("bp", "bodily pain"),
        ("gh", "general health"),
        ("vt", "vitality"),
        ("sf", "social functioning"),
        ("re", "role emotional"),
        ("mh", "mental health"),
    )
)
