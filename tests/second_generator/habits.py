"""How exports write drugs, and rows of them: names, co-medication, months as rows, single infusions, missing days.

Every drug: class, mechanism, days that one dose lasts by its label (by infusion, where it can be), names as written.
"""

from datetime import date, timedelta

DRUGS = {
    "methotrexate": (
        "cs",
        None,
        0,
        ("甲氨喋呤片 2.5mg*16片", "MTX 10mg qw", "Methotrexate sodium tablets", "L04AX03", "氨甲蝶呤"),
    ),
    "leflunomide": ("cs", None, 0, ("来氟米特片（爱若华）", "Arava 20 mg", "LEF", "L04AA13")),
    "sulfasalazine": ("cs", None, 0, ("柳氮磺吡啶肠溶片 0.25g", "Salazopyrin EN", "SASP")),
    "hydroxychloroquine": ("cs", None, 0, ("硫酸羟氯喹片(纷乐) 0.1g", "Plaquenil", "HCQ 200mg bid")),
    "iguratimod": ("cs", None, 0, ("艾拉莫德片(艾得辛)", "IGU")),
    "etanercept": (
        "b",
        "TNFi",
        7,
        ("益赛普 25mg biw", "Enbrel", "注射用重组人II型肿瘤坏死因子受体-抗体融合蛋白"),
    ),
    "adalimumab": (
        "b",
        "TNFi",
        14,
        ("Humira 40 mg/0.4 mL pen", "阿达木单抗注射液(格乐立)", "adalimumab-atto", "修美乐"),
    ),
    "infliximab": ("b", "TNFi", 56, ("注射用英夫利昔单抗 100mg/支", "类克", "infliximab-dyyb")),
    "tocilizumab": ("b", "IL6i", 28, ("雅美罗 80mg/4ml", "Actemra", "托珠单抗注射液")),
    "rituximab": ("b", "CD20", 168, ("利妥昔单抗注射液(汉利康) 100mg", "MabThera", "L01XC02")),
    "abatacept": ("b", "CTLA4Ig", 28, ("注射用阿巴西普", "Orencia")),
    "tofacitinib": ("ts", "JAKi", 0, ("枸橼酸托法替布片 5mg bid", "Xeljanz XR 11mg", "尚杰")),
    "baricitinib": ("ts", "JAKi", 0, ("巴瑞克替尼片 4mg", "Olumiant")),
    "secukinumab": ("b", "IL17i", 28, ("可善挺 150mg", "Cosentyx")),
    "azathioprine": ("cs", None, 0, ("硫唑嘌呤片 50mg", "Imuran")),
    "mycophenolate": ("cs", None, 0, ("吗替麦考酚酯胶囊(骁悉)", "CellCept 500 mg")),
    "tacrolimus": ("cs", None, 0, ("他克莫司胶囊 0.5mg", "FK506")),
    "prednisone": ("gc", None, 0, ("醋酸泼尼松片 5mg", "强的松")),
    "immunoglobulin": ("other", None, 28, ("静注人免疫球蛋白(pH4)", "IVIg")),
}
COMEDICATION = (
    "叶酸片 5mg",
    "Folic acid",
    "碳酸钙D3片(钙尔奇D)",
    "骨化三醇软胶囊",
    "奥美拉唑肠溶胶囊 20mg",
    "塞来昔布胶囊(西乐葆)",
    "Metformin 500 mg bid",
    "阿托伐他汀钙片 20mg",
    "左氧氟沙星片",
    "流感疫苗",
    "苯磺酸氨氯地平片",
    "C10AA05",
)
UNKNOWN = ("某试验药A", "Compound 47", "中药三号方")


def day(offset, origin=date(2024, 6, 3)):
    """A date so many days before the origin."""
    return origin - timedelta(days=offset)


def rows_of(rng, drug, start, length, *, reason, index, style=None):
    """The rows in which an export writes one course; only the last says why it stopped.

    Returns a list of dicts: drug (true name), drug_raw, start, stop (None while it goes on), reason.
    """
    name = rng.choice(DRUGS[drug][3]) if drug in DRUGS else drug
    lasts = DRUGS[drug][2] if drug in DRUGS else 0
    stop = start + timedelta(days=length)
    going = stop >= index and reason is None
    style = style or rng.choice(("one row", "one row", "next day", "touching"))
    row = {"drug": drug, "drug_raw": name}
    if style == "infusions" and lasts >= 28:
        days = [start + timedelta(days=k) for k in range(0, max(length, 1), lasts)]
        days = [each for each in days if each < index]
        return [row | {"start": each, "stop": each, "reason": None} for each in days[:-1]] + [
            row | {"start": days[-1], "stop": days[-1], "reason": reason}
        ]
    if style == "one row" or length < 60:
        return [row | {"start": start, "stop": None if going else stop, "reason": reason}]
    apart = 1 if style == "next day" else 0
    found, begun = [], start
    while (stop - begun).days > 31:
        end = begun + timedelta(days=30 - apart)
        found.append(row | {"start": begun, "stop": end, "reason": None})
        begun = end + timedelta(days=apart)
    return [*found, row | {"start": begun, "stop": None if going else stop, "reason": reason}]
