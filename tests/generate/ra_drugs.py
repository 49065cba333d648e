"""Drugs of the RA cohort: how they are written, dosed and available, and the histories of the screened."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from generate.draws import choose

# generic: (mechanism, ways it is written, dose, unit, route, frequency, first year it could be had)
DRUGS = {
    "methotrexate": ("cs", ["甲氨蝶呤", "甲氨蝶呤片", "MTX", "methotrexate"], 12.5, "mg", "口服", "每周一次", 1990),
    "leflunomide": ("cs", ["来氟米特", "来氟米特片", "LEF"], 20, "mg", "口服", "每日一次", 2000),
    "sulfasalazine": ("cs", ["柳氮磺吡啶", "柳氮磺吡啶肠溶片", "SSZ"], 1000, "mg", "口服", "每日两次", 1990),
    "hydroxychloroquine": ("cs", ["羟氯喹", "硫酸羟氯喹片", "HCQ"], 200, "mg", "口服", "每日两次", 1990),
    "iguratimod": ("cn", ["艾拉莫德", "艾拉莫德片", "艾得辛"], 25, "mg", "口服", "每日两次", 2012),
    "twhf": ("cn", ["雷公藤多苷", "雷公藤多苷片"], 20, "mg", "口服", "每日三次", 1990),
    "tacrolimus": ("cs", ["他克莫司", "他克莫司胶囊"], 1, "mg", "口服", "每日两次", 2010),
    "etanercept": ("TNFi", ["益赛普", "注射用重组人II型肿瘤坏死因子受体-抗体融合蛋白", "依那西普", "恩利", "安佰诺"],
                   25, "mg", "皮下注射", "每周两次", 2006),
    "adalimumab": ("TNFi", ["修美乐", "阿达木单抗", "格乐立", "安健宁", "汉达远"], 40, "mg", "皮下注射",
                   "每两周一次", 2010),
    "infliximab": ("TNFi", ["类克", "英夫利西单抗"], 3, "mg/kg", "静脉滴注", "每八周一次", 2007),
    "golimumab": ("TNFi", ["欣普尼", "戈利木单抗"], 50, "mg", "皮下注射", "每四周一次", 2018),
    "certolizumab": ("TNFi", ["希敏佳", "培塞利珠单抗"], 200, "mg", "皮下注射", "每两周一次", 2019),
    "tocilizumab": ("IL6i", ["雅美罗", "托珠单抗"], 8, "mg/kg", "静脉滴注", "每四周一次", 2013),
    "abatacept": ("CTLA4Ig", ["恩瑞舒", "阿巴西普"], 125, "mg", "皮下注射", "每周一次", 2020),
    "rituximab": ("CD20", ["美罗华", "利妥昔单抗", "汉利康", "L01XC02"], 1000, "mg", "静脉滴注", "每六月一次", 2008),
    "tofacitinib": ("JAKi", ["尚杰", "托法替布", "枸橼酸托法替布片", "L04AA29"], 5, "mg", "口服", "每日两次", 2017),
    "baricitinib": ("JAKi", ["艾乐明", "巴瑞替尼片"], 4, "mg", "口服", "每日一次", 2019),
    "upadacitinib": ("JAKi", ["瑞福", "乌帕替尼缓释片"], 15, "mg", "口服", "每日一次", 2022),
    "telitacicept": ("BLyS_APRIL", ["泰爱", "泰它西普"], 160, "mg", "皮下注射", "每周一次", 2024),
    "prednisone": ("gc", ["泼尼松", "醋酸泼尼松片", "强的松"], 10, "mg", "口服", "每日一次", 1990),
    "methylprednisolone": ("gc", ["甲泼尼龙", "甲泼尼龙片"], 8, "mg", "口服", "每日一次", 1990),
    "azathioprine": ("is", ["硫唑嘌呤", "硫唑嘌呤片", "AZA"], 50, "mg", "口服", "每日两次", 1990),
    "mycophenolate": ("is", ["吗替麦考酚酯", "吗替麦考酚酯胶囊", "MMF"], 0.75, "g", "口服", "每日两次", 2000),
    "ciclosporin": ("is", ["环孢素", "环孢素软胶囊"], 75, "mg", "口服", "每日两次", 1995),
    "cyclophosphamide": ("is", ["环磷酰胺", "CTX"], 600, "mg", "静脉滴注", "每四周一次", 1990),
    "ivig": ("other", ["静注人免疫球蛋白", "静注人免疫球蛋白(pH4)"], 20, "g", "静脉滴注", "单次", 1995),
}  # fmt: skip
MECHANISM = {generic: entry[0] for generic, entry in DRUGS.items()}
POPULAR = {
    "etanercept": 3, "adalimumab": 3, "infliximab": 1.2, "golimumab": 0.7, "certolizumab": 0.5, "tocilizumab": 2.5,
    "abatacept": 1.2,
    "rituximab": 0.5, "tofacitinib": 2.2, "baricitinib": 1.3, "upadacitinib": 1.6, "telitacicept": 0.4,
}  # fmt: skip
INEFFICACY = ("原发无效", "继发无效")
STOPS = {"原发无效": 38, "继发无效": 42, "不良反应": 12, "不耐受": 8}


@dataclass(frozen=True, slots=True)
class Course:
    """One drug course; half-open, [start, stop)."""

    generic: str
    start: date
    stop: date | None = None
    reason: str = ""
    role: str = "既往用药"
    dose: float | None = None
    nonmedical: bool = False
    written: str | None = None
    adherence: int | None = None
    month_only: bool = False

    @property
    def mechanism(self) -> str:
        return MECHANISM[self.generic]


def pick_drug(rng, mechanisms, year, avoid=()):
    """A drug of one of the mechanisms that could be had that year."""
    options = {
        name: weight
        for name, weight in POPULAR.items()
        if MECHANISM[name] in mechanisms and DRUGS[name][6] <= year and name not in avoid
    }
    return choose(rng, options) if options else None


def biologic_sequence(rng, index: date, n_mechanisms: int, repeats: int) -> list[Course]:
    """Failed b/tsDMARDs, latest first while drawn: distinct mechanisms, then some within a mechanism."""
    pool = ["TNFi", "IL6i", "JAKi", "CTLA4Ig", "CD20"]
    courses, used, end = [], [], index - timedelta(int(rng.integers(5, 60)))
    while (
        len({course.mechanism for course in courses}) < n_mechanisms or len(courses) < n_mechanisms + repeats
    ):
        fresh = [name for name in pool if name not in {course.mechanism for course in courses}]
        complete = len(fresh) <= len(pool) - n_mechanisms
        allowed = ["TNFi"] if complete else fresh
        start = end - timedelta(int(rng.integers(98, 560)))
        generic = pick_drug(rng, allowed, start.year, used)
        if generic is None:
            generic = pick_drug(rng, ["TNFi", "CD20", "IL6i"], start.year, used) or "etanercept"
        used.append(generic)
        courses.append(Course(generic, start, end, stop_reason(rng, (end - start).days)))
        end = start - timedelta(int(rng.integers(10, 75)))
        if len(courses) > 7:
            break
    return courses[::-1]


def stop_reason(rng, days: int) -> str:
    """Primary failure shows early, secondary late."""
    weights = dict(STOPS)
    weights["继发无效" if days < 180 else "原发无效"] /= 6
    return choose(rng, weights)


def conventional(rng, start: date, until: date, index: date, *, only_cn=False) -> list[Course]:
    """CsDMARDs from `start`: the first fails, others follow; the last may go on as background."""
    first = "iguratimod" if only_cn else ("methotrexate" if rng.random() < 0.9 else "leflunomide")
    turn = start + timedelta(int((until - start).days * rng.uniform(0.45, 0.9)))
    reason = "原发无效" if rng.random() < 0.7 else "不耐受"
    courses = [Course(first, start, turn, reason)]
    options = {"twhf": 1} if only_cn else {"leflunomide": 3, "hydroxychloroquine": 3, "sulfasalazine": 1.5,
                                           "iguratimod": 1.5, "tacrolimus": 0.5}  # fmt: skip
    second = choose(rng, {name: weight for name, weight in options.items() if name != first})
    begin = turn + timedelta(int(rng.integers(0, 20)))
    if rng.random() < 0.6:
        courses.append(Course(second, begin, None, role="合并用药", adherence=int(rng.integers(70, 101))))
    else:
        courses.append(Course(second, begin, index - timedelta(int(rng.integers(20, 90))), "继发无效"))
    if not only_cn and rng.random() < 0.35:
        courses.append(Course("methotrexate", courses[1].start + timedelta(30), None, role="合并用药",
                              adherence=int(rng.integers(70, 101))))  # fmt: skip
    return [course for course in courses if course.stop is None or course.start < course.stop]


def glucocorticoid(rng, index: date, dose: float, days: int) -> list[Course]:
    """The course running at the index date, after an earlier higher one in some."""
    if dose == 0:
        return []
    generic = "methylprednisolone" if dose in (5, 10, 15) and rng.random() < 0.3 else "prednisone"
    start = index - timedelta(days)
    earlier = Course(
        "prednisone", start - timedelta(int(rng.integers(40, 200))), start, "其他", dose=dose + 5
    )
    current = Course(generic, start, None, role="合并用药", dose=dose * (0.8 if "methyl" in generic else 1))
    return [earlier, current] if rng.random() < 0.5 else [current]


def medication_row(
    course: Course, number: int, person_id: str, name: str, hospital: str, written: str
) -> dict:
    """The course as the pharmacy sheet has it."""
    _, _, dose, unit, route, frequency, _ = DRUGS[course.generic]
    amount = course.dose if course.dose is not None else dose
    return {
        "研究编号": person_id, "姓名": name, "住院号": hospital, "序号": str(number), "药品名称": written,
        "用途": course.role, "剂量": f"{amount:g}", "单位": unit, "给药途径": route, "频次": frequency,
        "开始日期": f"{course.start:%Y-%m}" if course.month_only else course.start.isoformat(),
        "停药日期": course.stop.isoformat() if course.stop else "", "是否继续": "否" if course.stop else "是",
        "停药原因": course.reason if course.stop else "", "非医学换药": "是" if course.nonmedical else "否",
        "依从性": "" if course.adherence is None else str(course.adherence), "备注": "",
    }  # fmt: skip


def stopped(course: Course, day: date, reason: str) -> Course:
    """The course, ended."""
    return replace(course, stop=max(day, course.start + timedelta(1)), reason=reason)
