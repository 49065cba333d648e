"""Results as a laboratory system prints them: text, unit, reference limits, arrow."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Assay:
    """One analyte: its Chinese name, printed unit, limits by sex (male, female), decimals and detection limit."""

    chinese: str
    unit: str
    lower: tuple[float | None, float | None]
    upper: tuple[float | None, float | None]
    decimals: int = 1
    detection: float | None = None


ASSAYS = {
    "CRP": Assay("C反应蛋白", "mg/L", (0, 0), (8, 8), 1, 0.5),
    "ESR": Assay("血沉", "mm/h", (0, 0), (15, 20), 0),
    "RF": Assay("类风湿因子", "IU/mL", (0, 0), (20, 20), 1, 3.0),
    "ACPA": Assay("抗CCP抗体", "U/mL", (0, 0), (20, 20), 1, 0.5),
    "ALT": Assay("丙氨酸氨基转移酶", "U/L", (9, 7), (50, 40), 0),
    "AST": Assay("天门冬氨酸氨基转移酶", "U/L", (15, 13), (40, 35), 0),
    "GGT": Assay("γ-谷氨酰转移酶", "U/L", (10, 7), (60, 45), 0),
    "CK": Assay("肌酸激酶", "U/L", (50, 40), (310, 200), 0),
    "ALD": Assay("醛缩酶", "U/L", (0, 0), (7.6, 7.6), 1),
    "LDH": Assay("乳酸脱氢酶", "U/L", (120, 120), (250, 250), 0),
    "WBC": Assay("白细胞计数", "10^9/L", (3.5, 3.5), (9.5, 9.5), 2),
    "NEUT": Assay("中性粒细胞计数", "10^9/L", (1.8, 1.8), (6.3, 6.3), 2),
    "LYM": Assay("淋巴细胞计数", "10^9/L", (1.1, 1.1), (3.2, 3.2), 2),
    "HB": Assay("血红蛋白", "g/L", (130, 115), (175, 150), 0),
    "PLT": Assay("血小板计数", "10^9/L", (125, 125), (350, 350), 0),
    "CREA": Assay("肌酐", "umol/L", (57, 41), (97, 73), 0),
    "FERR": Assay("铁蛋白", "ug/L", (30, 13), (400, 150), 0),
    "KL6": Assay("涎液化糖链抗原6", "U/mL", (0, 0), (500, 500), 0),
    "CD3": Assay("CD3+T细胞", "%", (50, 50), (84, 84), 1),
    "CD4": Assay("CD4+T细胞", "%", (27, 27), (51, 51), 1),
    "CD8": Assay("CD8+T细胞", "%", (15, 15), (44, 44), 1),
    "CD19": Assay("CD19+B细胞", "%", (5, 5), (18, 18), 1, 0.3),
    "NK": Assay("NK细胞", "%", (7, 7), (40, 40), 1),
    "TREG": Assay("调节性T细胞", "%", (4, 4), (9, 9), 1),
    "IL6": Assay("白介素6", "pg/mL", (0, 0), (7, 7), 2, 1.5),
    "IL10": Assay("白介素10", "pg/mL", (0, 0), (9.1, 9.1), 2, 0.5),
    "IL17A": Assay("白介素17A", "pg/mL", (0, 0), (20, 20), 2, 1.2),
    "TNFA": Assay("肿瘤坏死因子α", "pg/mL", (0, 0), (8.1, 8.1), 2, 0.6),
    "IFNG": Assay("干扰素γ", "pg/mL", (0, 0), (18, 18), 2, 0.7),
}


class Printer:
    """Numbers the results of a study and prints them as rows."""

    def __init__(self, prefix: str):
        self.prefix = prefix
        self.count = 0

    def row(self, who, sex: int, visit: str, day: date, analyte: str, value) -> dict:
        """One result; a text such as 未查 is printed as it is."""
        self.count += 1
        assay = ASSAYS[analyte]
        printed, arrow = (value, "") if isinstance(value, str) else _printed(assay, value, sex)
        return {
            "研究编号": who[0], "姓名": who[1], "标本号": f"{self.prefix}{self.count:06d}", "访视": visit,
            "采样日期": day.isoformat(), "项目": assay.chinese, "结果": printed, "单位": assay.unit,
            "参考下限": _limit(assay.lower, sex), "参考上限": _limit(assay.upper, sex), "提示": arrow,
            "标本状态": "正常",
        }  # fmt: skip


def _limit(limits, sex) -> str:
    return f"{limits[sex - 1]:g}"


def _printed(assay, value, sex) -> tuple[str, str]:
    if assay.detection is not None and round(value, assay.decimals) < assay.detection:
        return f"<{assay.detection:g}", ""
    shown = f"{value:.{assay.decimals}f}"
    number = float(shown)
    high, low = number > assay.upper[sex - 1], number < assay.lower[sex - 1]
    return shown, "↑" if high else "↓" if low else ""
