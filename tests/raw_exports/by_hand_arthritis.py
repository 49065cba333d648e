"""Patients with arthritis at the boundaries of the definitions, each with the answers typed by hand.

A row is what is told about the patient, how he or she differs from somebody who meets every criterion, and the criteria
that come out otherwise: ``I3 -`` does not pass, ``I3 ?`` stays open. Sections are those of the reference.
"""

from datetime import date, timedelta

from raw_exports import arthritis as ra
from raw_exports.plain import Course

CONSENT = date(2024, 3, 15)  # the year before it holds 29 February 2024
QUIET = {
    "tjc": 0, "sjc": 0, "ptga": 0, "phga": 0, "pain": 0, "items": [0] * 20, "crp": 1.0, "esr": 5, "date": CONSENT,
}  # fmt: skip
NO_CLASS = {"items": [False] * 7, "count": None, "joints": (0, 0), "rf": 5, "acpa": 5, "apr": False, "weeks": 5,
            "score": None}  # fmt: skip


def ago(days):
    return CONSENT - timedelta(days=days)


def course(drug, start, stop, reason=None, **more):
    """From so many days before consent to so many; a stop of None runs on."""
    kind = "csDMARD" if drug in (*ra.CSDMARD, "雷公藤多苷片") else "biologic"
    return Course(kind, drug, ago(start), None if stop is None else ago(stop), reason, **more)


INEFFECTIVE, FADED = "primary_inefficacy", "secondary_inefficacy"
MTX = course("methotrexate", 2000, 1500, INEFFECTIVE)
ADA = course("adalimumab", 1400, 1000, INEFFECTIVE)
TCZ = course("tocilizumab", 900, 600, FADED)
NOVEL = Course("unknown", "KX-2391", ago(500), ago(200), INEFFECTIVE)


def prednisone(days, dose=10.0, drug="prednisone"):
    return Course("GC", drug, ago(days), None, dose=dose, frequency="once daily")


def person(**changes):
    """Somebody who meets every criterion, but for what is changed."""
    told = {
        "consent": CONSENT, "born": date(1960, 1, 1), "born_written": "day", "screened": CONSENT, "willing": True,
        "items": [True] * 7, "count": 7, "joints": (2, 8), "rf": 100, "acpa": 100, "apr": True, "weeks": 50,
        "score": 10, "courses": [MTX, ADA, TCZ], "beside": [], "depot": None, "c2b": True, "c2c": False, "c2e": False,
        "c3": (True, True), "restricted": False, "contraindicated": False, "films": None,
        "visits": {"W00": QUIET | {"prednisone": 0}},
    }  # fmt: skip
    visit = changes.pop("seen", {})
    made = ra.Patient(**(told | changes))
    made.visits = {"W00": made.visits["W00"] | visit}
    return made


def classified(**changes):
    return NO_CLASS | changes


def items(yes, blank=0):
    return [True] * yes + [None] * blank + [False] * (7 - yes - blank)


def tapered(days, dose, **more):
    """Nothing active but a glucocorticoid of so many milligrams of prednisone for so many days."""
    return {
        "c2b": False, "c2c": True, "courses": [MTX, ADA, TCZ, prednisone(days, dose)], "seen": {"prednisone": dose},
    } | more  # fmt: skip


def only(*courses, **more):
    return {"courses": list(courses)} | more


CDAI_10 = {"tjc": 3, "sjc": 2, "ptga": 30, "phga": 20}  # DAS28-ESR 2.91, SDAI 10.1, DAS28-CRP 3.00
SILENT = {"c2b": False}
PATIENTS = [
    ("meets all; first in the file, with a drug nobody knows", only(MTX, ADA, NOVEL), "I4 ?"),
    # A.4, A.22: classification by the items, the total where they leave it open and it can be true
    ("four of seven of 1987", classified(items=items(4)), ""),
    ("three of seven", classified(items=items(3)), "I1 -"),
    ("three of seven, one blank, four on the form", classified(items=items(3, 1), count=4), ""),
    ("three of seven, one blank, three on the form", classified(items=items(3, 1), count=3), "I1 -"),
    ("three of seven, one blank, no total", classified(items=items(3, 1)), "I1 ?"),
    ("three of seven, one blank, an impossible total", classified(items=items(3, 1), count=5), "I1 ?"),
    ("four of seven, one blank: certain", classified(items=items(4, 1)), ""),
    ("all items nil and a total of eight", classified(score=8), "I1 -"),
    ("four small joints and a titre three times the limit", classified(joints=(0, 4), rf=61), ""),
    ("the titre exactly three times the limit", classified(joints=(0, 4), rf=60), "I1 -"),
    ("that and raised reactants", classified(joints=(0, 4), rf=60, apr=True), ""),
    ("a titre at the limit is negative", classified(joints=(0, 4), rf=20, apr=True, weeks=6), "I1 -"),
    ("eleven joints, one large", classified(joints=(1, 10), apr=True), ""),
    ("ten small joints", classified(joints=(0, 10), apr=True, weeks=6), "I1 -"),
    ("ten large joints, all there are, and no small one", classified(joints=(10, 0), apr=True, weeks=6), "I1 -"),
    ("six weeks", classified(joints=(0, 4), rf=21, weeks=6), ""),
    ("five weeks", classified(joints=(0, 4), rf=21), "I1 -"),
    ("one titre not measured, the other high", classified(joints=(0, 4), rf=None, acpa=61), ""),
    ("no titre, five to eight points", classified(joints=(0, 4), rf=None, acpa=None, apr=True, weeks=6), "I1 ?"),
    ("no titre, six on the form",
     classified(joints=(0, 4), rf=None, acpa=None, apr=True, weeks=6, score=6), ""),
    ("no titre, five on the form",
     classified(joints=(0, 4), rf=None, acpa=None, apr=True, weeks=6, score=5), "I1 -"),
    ("no titre, nine on the form, which cannot be",
     classified(joints=(0, 4), rf=None, acpa=None, apr=True, weeks=6, score=9), "I1 ?"),
    # A.22: age at consent
    ("eighteen on the day", {"born": date(2006, 3, 15)}, "I2 ?"),
    ("eighteen on the day after", {"born": date(2006, 3, 16)}, "I2 - E1 -"),
    ("nineteen on the day", {"born": date(2005, 3, 15)}, ""),
    ("nineteen on the day after", {"born": date(2005, 3, 16)}, "I2 ?"),
    ("born in 2006, no more known: 17 or 18", {"born": date(2006, 1, 1), "born_written": "year"}, "I2 ? E1 ?"),
    ("born in 2004, no more known: 19 or 20", {"born": date(2004, 7, 1), "born_written": "year"}, ""),
    ("born in March 2005: 18 or 19", {"born": date(2005, 3, 9), "born_written": "month"}, "I2 ?"),
    ("born on 29 February 2004", {"born": date(2004, 2, 29)}, ""),
    # consent
    ("screened the day before", {"screened": ago(1)}, "I5 -"),
    ("screened the day after", {"screened": ago(-1)}, ""),
    ("unwilling", {"willing": False}, "E3 -"),
    ("signed, not asked", {"willing": None}, ""),
    # A.22: a year of csDMARD
    ("365 days", only(course("methotrexate", 1865, 1500, INEFFECTIVE), ADA, TCZ), ""),
    ("364 days", only(course("methotrexate", 1864, 1500, INEFFECTIVE), ADA, TCZ), "I3 -"),
    ("two at once, 364 days together",
     only(course("methotrexate", 1865, 1683, INEFFECTIVE), course("leflunomide", 1700, 1501, INEFFECTIVE), ADA, TCZ),
     "I3 -"),
    ("two at once, 365 days together",
     only(course("methotrexate", 1865, 1683, INEFFECTIVE), course("leflunomide", 1700, 1500, INEFFECTIVE), ADA, TCZ),
     ""),
    ("rows of months, each a day after the last",
     only(course("methotrexate", 1870, 1500, INEFFECTIVE, rows="months_apart"), ADA, TCZ), ""),
    ("365 days over 29 February, begun after the biologics: no failure before them",
     only(course("methotrexate", 365, None), ADA, TCZ), "I4 -"),
    ("364 days, begun after the biologics", only(course("methotrexate", 364, None), ADA, TCZ), "I3 - I4 -"),
    ("iguratimod alone", only(course("iguratimod", 1900, 1500, INEFFECTIVE), ADA, TCZ), ""),
    ("tripterygium alone", only(course("雷公藤多苷片", 1900, 1500, INEFFECTIVE), ADA, TCZ), ""),
    ("uncoded beside 364 days: it may be a csDMARD",
     only(course("methotrexate", 1864, 1500, INEFFECTIVE), ADA, TCZ, NOVEL), "I3 ?"),
    # A.1: two mechanisms failed
    ("84 days before inefficacy", only(MTX, course("adalimumab", 1084, 1000, INEFFECTIVE), TCZ), ""),
    ("83 days", only(MTX, course("adalimumab", 1083, 1000, INEFFECTIVE), TCZ), "I4 -"),
    ("20 days and an adverse event", only(MTX, course("tofacitinib", 1020, 1000, "adverse_event"), TCZ), ""),
    ("two TNF inhibitors are one mechanism", only(MTX, ADA, course("etanercept", 900, 600, FADED)), "I4 -"),
    ("two JAK inhibitors are one mechanism",
     only(MTX, course("tofacitinib", 1400, 1000, FADED), course("baricitinib", 900, 600, FADED)), "I4 -"),
    ("stopped for its price", only(MTX, course("adalimumab", 1400, 1000, "access_cost"), TCZ), "I4 -"),
    ("stopped for its price, access restricted",
     only(MTX, course("adalimumab", 1400, 1000, "access_cost"), TCZ, restricted=True), ""),
    ("stopped, nobody wrote why", only(MTX, course("adalimumab", 1400, 1000), TCZ), "I4 ?"),
    ("two infusions of rituximab a fortnight apart",
     only(MTX, course("rituximab", 800, 618, INEFFECTIVE, rows="infusions", infusions=(ago(800), ago(786))),
          course("tocilizumab", 500, 200, FADED)), ""),
    ("infliximab as single rows",
     only(MTX, course("infliximab", 800, 646, FADED, rows="infusions",
                      infusions=(ago(800), ago(786), ago(758), ago(702))), course("tocilizumab", 500, 200, FADED)), ""),
    ("still taken for 84 days, active", only(MTX, ADA, course("tocilizumab", 84, None)), ""),
    ("still taken for 83 days", only(MTX, ADA, course("tocilizumab", 83, None)), "I4 -"),
    ("a brand in brackets", only(MTX, course("阿达木单抗注射液(修美乐)", 1400, 1000, INEFFECTIVE), TCZ), ""),
    ("a brand alone", only(MTX, course("Humira", 1400, 1000, INEFFECTIVE), TCZ), ""),
    ("originator, then its biosimilar, are one drug",
     only(MTX, course("修美乐", 1400, 1100, FADED), course("格乐立", 1100, 900, FADED)), "I4 -"),
    ("in the middle of the file, with a drug nobody knows", only(MTX, ADA, NOVEL), "I4 ?"),
    ("beside the one before, nothing uncoded", only(MTX, ADA), "I4 -"),
    ("csDMARD contraindicated, none given", only(ADA, TCZ, contraindicated=True), "I3 -"),
    ("folic acid and calcium beside",
     {"beside": [("叶酸片 5mg", ago(900)), ("碳酸钙D3片(钙尔奇)", ago(900))]}, ""),
    # A.1: activity
    ("nothing active", SILENT, "I4 -"),
    ("CDAI exactly 10", SILENT | {"seen": CDAI_10}, "I4 -"),
    ("CDAI 10.1", SILENT | {"seen": CDAI_10 | {"ptga": 31}}, ""),
    ("7.5 mg for 84 days that cannot be tapered", tapered(84, 7.5), ""),
    ("for 83 days", tapered(83, 7.5), "I4 -"),
    ("7.4 mg", tapered(200, 7.4), "I4 -"),
    ("can be tapered", tapered(200, 10.0, c2c=False), "I4 -"),
    ("not asked whether it can", tapered(200, 10.0, c2c=None), "I4 ?"),
    ("methylprednisolone 6 mg is prednisone 7.5 mg",
     tapered(84, 7.5, courses=[MTX, ADA, TCZ, prednisone(84, 6.0, "methylprednisolone")]), ""),
    ("a depot injection beside", tapered(200, 10.0, depot=ago(100)), ""),
    ("a depot injection alone", SILENT | {"depot": ago(30)}, "I4 -"),
    ("3.0 points in 182 days", SILENT | {"films": (182, 3.0)}, ""),
    ("5.0 points in 366 days", SILENT | {"films": (366, 5.0)}, ""),
    ("4.9 points in 366 days", SILENT | {"films": (366, 4.9)}, "I4 -"),
    ("films too close to tell", SILENT | {"films": (149, 4.0)}, "I4 ?"),
    ("well controlled, symptoms reduce quality of life", SILENT | {"c2e": True}, ""),
    # A.1: perceived as problematic
    ("by neither", {"c3": (False, False)}, "I4 -"),
    ("by the patient alone", {"c3": (False, True)}, ""),
    ("one not asked, the other no", {"c3": (None, False)}, "I4 ?"),
    ("neither asked", {"c3": (None, None)}, "I4 ?"),
    ("last in the file, with a drug nobody knows", only(MTX, ADA, NOVEL), "I4 ?"),
]  # fmt: skip


def patients():
    """By an id that keeps the order of the table."""
    return {f"H{number:03d}": person(**changes) for number, (_, changes, _) in enumerate(PATIENTS)}
