"""Patients with dermatomyositis at the boundaries of the definitions, each with the answers typed by hand.

Rows as those of `raw_exports.by_hand_arthritis`.
"""

from datetime import date, timedelta

from raw_exports import myositis as dm
from raw_exports.plain import Course

BASELINE = date(2021, 6, 15)
SEEN = {"phga": 5.0, "ptga": 5.0, "extramuscular": 4.0, "mmt": 130, "haq": 1.0, "ck": 800, "ldh": 300, "ast": 40,
        "cdasi": 18, "date": BASELINE}  # fmt: skip


def ago(days):
    return BASELINE - timedelta(days=days)


def steroid(days=200, dose=30.0, drug="prednisone"):
    return Course("GC", drug, ago(days), None, dose=dose, frequency="once daily")


def drug(days=200, name="methotrexate", *changes):
    """An immunosuppressant; a change is (days before baseline, dose, unit, frequency)."""
    first = (12.5, "mg", "weekly") if name == "methotrexate" else (1.0, "g", "twice daily")
    doses = ((ago(days), *first), *((ago(when), *dose) for when, *dose in changes))
    return Course("IS", name, ago(days), None, doses=doses, dose=first[0], unit=first[1], frequency=first[2])


def biologic(name, free, reason="primary_inefficacy", **more):
    """A drug that was stopped so many days before baseline."""
    return Course("biologic", name, ago(free + 200), ago(free), reason, **more)


def person(**changes):
    """Somebody who meets every criterion, but for what is changed."""
    told = {
        "baseline": BASELINE, "born": date(1970, 1, 1), "items": items("we", rash=True), "written_class": None,
        "skin_months": None, "clinical_weakness": True, "early_drug": False, "written_cadm": None, "improved": 2,
        "worse": 0, "attested": None, "intolerant": False, "weight": 60.0, "prednisone": 30.0,
        "courses": [steroid(), drug()], "beside": [], "signed": BASELINE, "screened": BASELINE, "other_ctd": False,
        "other_myopathy": False, "visits": {},
    }  # fmt: skip
    made = dm.Patient(**(told | changes))
    made.visits = {"W00": SEEN | {"prednisone": made.prednisone}}
    return made


def items(yes, blank="", *, rash):
    """Weakness, enzymes, emg, biopsy by their first letters (emg: m), and the rash."""
    names = {"weakness": "w", "enzymes": "e", "emg": "m", "biopsy": "b"}
    return {
        name: True if sign in yes else None if sign in blank else False for name, sign in names.items()
    } | {"rash": rash}


def only(*courses, **more):
    return {"courses": list(courses)} | more


def cadm(**changes):
    """A rash and nothing of the muscle for so many months."""
    return {"items": items("", rash=True), "clinical_weakness": False, "skin_months": 6} | changes


DECIDED = {"improved": 3, "worse": 2}  # neither half of the failure holds
PATIENTS = [
    ("first in the file, stopped a drug nobody knows the day before",
     only(steroid(), drug(), Course("unknown", "KX-2391", ago(300), ago(1), "primary_inefficacy")), "I6 ?"),
    # B.1.1: Bohan and Peter
    ("rash and three", {"items": items("wem", rash=True)}, ""),
    ("rash and two", {}, ""),
    ("rash and one", {"items": items("w", rash=True)}, "I1 -"),
    ("rash alone, weak", {"items": items("", rash=True)}, "I1 -"),
    ("no rash and four, written definite",
     {"items": items("wemb", rash=False), "written_class": "definite"}, "I1 -"),
    ("rash not recorded, four", {"items": items("wemb", rash=None)}, "I1 ?"),
    ("rash not recorded, written definite",
     {"items": items("wemb", rash=None), "written_class": "definite"}, ""),
    ("rash, one, one blank", {"items": items("w", "e", rash=True)}, "I1 ?"),
    ("rash, one, one blank, written probable",
     {"items": items("w", "e", rash=True), "written_class": "probable"}, ""),
    ("rash, one, one blank, written possible",
     {"items": items("w", "e", rash=True), "written_class": "possible"}, "I1 -"),
    ("rash, one, one blank, written definite, which cannot be",
     {"items": items("w", "e", rash=True), "written_class": "definite"}, "I1 ?"),
    ("rash, two, two blank: certain", {"items": items("we", "mb", rash=True)}, ""),
    ("rash and two, written none: the items decide",
     {"items": items("we", rash=True), "written_class": "none"}, ""),
    # B.1.2: amyopathic
    ("six months", cadm(), ""),
    ("five months", cadm(skin_months=5), "I1 -"),
    ("months not recorded", cadm(skin_months=None), "I1 ?"),
    ("strength not examined", cadm(clinical_weakness=None), "I1 ?"),
    ("treated early", cadm(early_drug=True), "I1 -"),
    ("raised enzymes without weakness", cadm(items=items("e", rash=True)), ""),
    # age
    ("eighteen on the day", {"born": date(2003, 6, 15)}, ""),
    ("eighteen on the day after", {"born": date(2003, 6, 16)}, "I2 -"),
    ("born on 29 February 2004, seventeen", {"born": date(2004, 2, 29)}, "I2 -"),
    # B.10: refractory
    ("90 days together", only(steroid(90), drug()), ""),
    ("89 days together", only(steroid(89), drug()), "I3 -"),
    ("three improved, two worse", DECIDED, "I3 -"),
    ("three improved, three worse", DECIDED | {"worse": 3}, ""),
    ("two improved", DECIDED | {"improved": 2}, ""),
    ("two improved, worse not known", {"improved": 2, "worse": None}, ""),
    ("three improved, worse not known", {"improved": 3, "worse": None}, "I3 ?"),
    ("no measures, attested", {"improved": None, "worse": None, "attested": True}, ""),
    ("no measures, denied", {"improved": None, "worse": None, "attested": False}, "I3 -"),
    ("no measures, nothing said", {"improved": None, "worse": None}, "I3 ?"),
    ("measures decide over the attestation", DECIDED | {"attested": True}, "I3 -"),
    ("intolerant alone", DECIDED | {"intolerant": True}, ""),
    ("not asked for intolerance", DECIDED | {"intolerant": None}, "I3 ?"),
    ("months of prednisone, each row a day after the last",
     only(Course("GC", "prednisone", ago(200), None, dose=30.0, frequency="once daily", rows="months_apart"), drug()),
     ""),
    # glucocorticoid
    ("60 mg at 60 kg", {"prednisone": 60.0, "courses": [steroid(dose=60.0), drug()]}, "I4 -"),
    ("59 mg at 60 kg", {"prednisone": 59.0, "courses": [steroid(dose=59.0), drug()]}, ""),
    ("48 mg of methylprednisolone at 60 kg",
     {"prednisone": 60.0, "courses": [steroid(dose=48.0, drug="methylprednisolone"), drug()]}, "I4 -"),
    # immunosuppressant at a stable dose
    ("91 days", only(steroid(), drug(91)), ""),
    ("90 days", only(steroid(), drug(90)), "I5 -"),
    ("1 g twice, then 2000 mg once: the same a day",
     only(steroid(), drug(200, "mycophenolate", (30, 2000.0, "mg", "once daily"))), ""),
    ("more 91 days ago", only(steroid(), drug(200, "mycophenolate", (91, 1.5, "g", "twice daily"))), ""),
    ("more 90 days ago", only(steroid(), drug(200, "mycophenolate", (90, 1.5, "g", "twice daily"))), "I5 -"),
    ("leflunomide alone: the list ends in etc.",
     only(steroid(), Course("IS", "来氟米特片（爱若华）", ago(200), None, dose=20.0, frequency="once daily")),
     "I3 ? I5 ?"),
    ("folic acid and calcium beside", {"beside": [("叶酸片 5mg", ago(100)), ("Caltrate D", ago(100))]}, ""),
    # wash-out
    ("rituximab 180 days ago", only(steroid(), drug(), biologic("rituximab", 180)), ""),
    ("rituximab 179 days ago", only(steroid(), drug(), biologic("rituximab", 179)), "I6 -"),
    ("abatacept 90 days ago", only(steroid(), drug(), biologic("abatacept", 90)), ""),
    ("abatacept 89 days ago", only(steroid(), drug(), biologic("abatacept", 89)), "I6 -"),
    ("adalimumab 89 days ago under a brand in brackets",
     only(steroid(), drug(), biologic("阿达木单抗注射液(修美乐)", 89)), "I6 -"),
    ("adalimumab the day before under a brand", only(steroid(), drug(), biologic("Humira", 1)), "I6 -"),
    ("infliximab the day before under another Chinese name",
     only(steroid(), drug(), biologic("英夫利昔单抗", 1)), "I6 -"),
    ("tofacitinib 28 days ago", only(steroid(), drug(), biologic("tofacitinib", 28)), ""),
    ("tofacitinib 27 days ago", only(steroid(), drug(), biologic("tofacitinib", 27)), "I6 -"),
    ("immunoglobulin 89 days ago", only(steroid(), drug(), biologic("静注人免疫球蛋白", 89)), "I6 -"),
    ("immunoglobulin 90 days ago", only(steroid(), drug(), biologic("静注人免疫球蛋白", 90)), ""),
    ("two, the later one too late",
     only(steroid(), drug(), biologic("rituximab", 400), biologic("tofacitinib", 27)), "I6 -"),
    ("in the middle of the file, stopped a drug nobody knows",
     only(steroid(), drug(), Course("unknown", "双盲药 B组", ago(300), ago(1), "primary_inefficacy")), "I6 ?"),
    ("beside the one before, nothing uncoded", {}, ""),
    # consent, exclusions
    ("screened the day before consent", {"screened": ago(1)}, "I7 -"),
    ("no date of consent", {"signed": None}, "I2 ? I7 ?"),
    ("another connective tissue disease", {"other_ctd": True}, "E1 -"),
    ("not asked for one", {"other_ctd": None}, "E1 ?"),
    ("another myopathy", {"other_myopathy": True}, "E2 -"),
    ("last in the file, stopped a drug nobody knows",
     only(steroid(), drug(), Course("unknown", "ZP-77 注射剂", ago(300), ago(1), "primary_inefficacy")), "I6 ?"),
]  # fmt: skip


def patients():
    """By an id that keeps the order of the table."""
    return {f"H{number:03d}": person(**changes) for number, (_, changes, _) in enumerate(PATIENTS)}
