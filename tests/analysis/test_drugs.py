"""Coding of drug names: what is coded, and above all what is not."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import drugs
from analysis.drugs.dictionary import form_words, local_words, other_endings, terms
from analysis.drugs.scanning import ATC as CODE

QUICK = settings(max_examples=40, deadline=None)
CODED = [
    # the reference's own cases, A.3
    ("注射用重组人II型肿瘤坏死因子受体-抗体融合蛋白", "etanercept", "bDMARD", "TNFi", "chinese"),
    ("益赛普", "etanercept", "bDMARD", "TNFi", "brand"),
    ("L04AA29", "tofacitinib", "tsDMARD", "JAKi", "atc"),  # code before 2024
    ("艾拉莫德片", "iguratimod", "csDMARD", "NF-kB/IL-17", "chinese"),
    ("L01XC02", "rituximab", "bDMARD", "CD20", "atc"),  # code before 2022
    ("泰爱", "telitacicept", "bDMARD", "BLyS_APRIL", "brand"),
    # as typed in clinics: width, roman numeral sign, salt, form, strength, frequency, brand in brackets
    ("ＭＴＸ　１０ｍｇ　qw", "methotrexate", "csDMARD", "antifolate", "generic"),
    ("注射用重组人Ⅱ型TNF受体－抗体融合蛋白 25mg biw", "etanercept", "bDMARD", "TNFi", "chinese"),
    ("依那西普(益赛普)", "etanercept", "bDMARD", "TNFi", "chinese"),
    ("枸橼酸托法替布片 5mg bid", "tofacitinib", "tsDMARD", "JAKi", "chinese"),
    ("环孢素A软胶囊", "ciclosporin", "csDMARD", "calcineurin", "generic"),
    ("Methotrexate sodium tablets", "methotrexate", "csDMARD", "antifolate", "generic"),
    ("adalimumab 40 mg sc q2w", "adalimumab", "bDMARD", "TNFi", "generic"),
    ("l04ab04 阿达木单抗", "adalimumab", "bDMARD", "TNFi", "atc"),
    ("IVIg", "immunoglobulin", "other", None, "generic"),
    ("美卓乐", "methylprednisolone", "GC", "glucocorticoid", "brand"),
    ("甲泼尼龙片(美卓乐) 4mg qd", "methylprednisolone", "GC", "glucocorticoid", "chinese"),
    ("骁悉", "mycophenolate", "csDMARD", "IMPDH", "brand"),
    ("骁悉胶囊 0.5g bid", "mycophenolate", "csDMARD", "IMPDH", "brand"),
    ("新山地明", "ciclosporin", "csDMARD", "calcineurin", "brand"),
    ("新山地明软胶囊 25mg", "ciclosporin", "csDMARD", "calcineurin", "brand"),
    # one name inside another
    ("氯喹", "chloroquine", "csDMARD", "antimalarial", "chinese"),
    ("硫酸羟氯喹片", "hydroxychloroquine", "csDMARD", "antimalarial", "chinese"),
    ("hydroxychloroquine", "hydroxychloroquine", "csDMARD", "antimalarial", "generic"),
    ("醋酸泼尼松片", "prednisone", "GC", "glucocorticoid", "chinese"),
    ("泼尼松龙", "prednisolone", "GC", "glucocorticoid", "chinese"),
    ("注射用甲泼尼龙琥珀酸钠", "methylprednisolone", "GC", "glucocorticoid", "chinese"),
    ("methylprednisolone", "methylprednisolone", "GC", "glucocorticoid", "generic"),
    ("地塞米松磷酸钠注射液", "dexamethasone", "GC", "glucocorticoid", "chinese"),
    ("氢化可的松", "hydrocortisone", "GC", "glucocorticoid", "chinese"),
]

NOT_CODED = [
    ("XYZ-123", "unknown"),
    ("甲氨蝶呤过敏", "unknown"),  # allergic to it
    ("停用甲氨蝶呤", "unknown"),  # stopped
    ("methotrexate-naive", "unknown"),
    ("non-methotrexate", "unknown"),
    ("dihydroxychloroquine", "unknown"),
    ("L04AA2", "unknown"),  # part of a code
    ("L04AA290", "unknown"),
    ("10 mg", "unknown"),
    ("甲氨蝶呤+来氟米特", "several"),
    ("修美乐/恩利", "several"),
    ("甲氨蝶呤 L04AB04", "several"),  # name and code contradict each other
    ("", "missing"),
    (None, "missing"),
]


@pytest.mark.parametrize(("name", "drug", "group", "moa", "matched_on"), CODED)
def test_a_name_as_written_finds_its_drug(name, drug, group, moa, matched_on):
    row = drugs.match(name).iloc[0]

    assert (row["drug"], row["class"], row["matched_on"], row["coding"]) == (drug, group, matched_on, "coded")
    assert (None if pd.isna(row["moa"]) else row["moa"]) == moa


@pytest.mark.parametrize(("name", "coding"), NOT_CODED)
def test_what_is_not_wholly_understood_stays_unknown(name, coding):
    row = drugs.match([name]).iloc[0]

    assert (row["class"], row["coding"]) == ("unknown", coding)
    assert pd.isna(row["drug"])


def test_biosimilar_is_told_by_the_brand_only():
    told = drugs.match(["格乐立", "修美乐", "阿达木单抗", "益赛普", "阿达木单抗(格乐立)", "修美乐(格乐立)"])

    assert told["drug"].drop_duplicates().tolist() == ["adalimumab", "etanercept"]
    assert told["is_biosimilar"].tolist() == [True, False, pd.NA, pd.NA, True, pd.NA]


def test_a_series_keeps_its_index_and_its_rows():
    names = pd.Series(["MTX", None, "MTX"], index=["c", "a", "c"])

    coded = drugs.match(names)

    assert coded.index.tolist() == ["c", "a", "c"]
    assert coded["coding"].tolist() == ["coded", "missing", "coded"]


def test_every_name_of_the_dictionary_finds_its_own_drug():
    coded = drugs.match(list(terms()))

    assert coded["drug"].tolist() == [term.drug for term in terms().values()]


def test_brands_from_memory_are_tagged_so():
    known = drugs.dictionary()
    branded = known[["originator", "biosimilar", "brand"]].notna().any(axis=1)

    tags = known.loc[branded & (known["tag"] != "V approval"), "tag"]  # telitacicept

    assert {"methylprednisolone", "mycophenolate", "ciclosporin"} <= set(tags.index)
    assert set(tags) == {"M", "M-", "V code; M brands"}


def test_no_form_word_is_a_drug():
    assert not form_words() & set(terms())
    assert not form_words() & local_words()


def test_names_in_other_languages_are_the_same_drugs():
    written = ["Méthotrexate", "leflunomida", "Prednisolona 5 mg", "Oméprazole", "Ibuprofeno 600", "Folsäure"]

    assert drugs.match(written)["drug"].tolist() == [
        "methotrexate", "leflunomide", "prednisolone", "omeprazole", "NSAID", "folic acid",
    ]  # fmt: skip


def test_no_ending_of_another_language_makes_a_name_of_another_drug():
    for text, term in other_endings().items():
        assert text not in terms()
        assert terms().get(text[:-1], term).drug == term.drug, text


def test_trade_names_of_co_medication_say_whose_list_they_are_from():
    rows = pd.read_csv(Path(drugs.__file__).with_name("brands_other.csv"), dtype=str)

    assert rows.notna().all(axis=None) and not rows.duplicated(["group", "source"]).any()
    assert not rows["names"].str.split("|").explode().duplicated().any()
    assert set(rows["source"]) == {
        "general knowledge", "products in Australia", "products in Morocco", "products in the USA",
    }  # fmt: skip


@QUICK
@given(st.sampled_from(sorted(terms())), st.text("abcxyz甲乙丙龙松", min_size=1, max_size=3))
def test_letters_joined_to_a_name_never_leave_another_drug(name, extra):
    coded = drugs.match([name + extra, extra + name])

    whole = [terms().get(extra + name), terms().get(name + extra)]
    allowed = {terms()[name].drug} | {term.drug for term in whole if term}
    assert set(coded["drug"].dropna()) <= allowed


def test_a_salt_before_a_name_never_leaves_another_drug():
    """硫酸羟基氯喹 is hydroxychloroquine: nothing that is taken first may cut its name in two."""
    read_by_rules = {
        text: term for text, term in terms().items() if drugs.entries()[term.drug]["class"] != "other"
    }
    salts = (
        "盐酸",
        "硫酸",
        "磷酸",
        "醋酸",
        "枸橼酸",
        "柠檬酸",
        "富马酸",
        "马来酸",
        "注射用",
        "重组",
        "复方",
        "酒石酸",
    )
    names = [text for text in read_by_rules if not text.isascii()]
    written = pd.Series([salt + name for salt in salts for name in names])

    coded = drugs.match(written)

    meant = pd.Series([read_by_rules[name].drug for _ in salts for name in names])
    whole = written.map(lambda text: terms()[text].drug if text in terms() else None)
    assert written[coded["drug"].notna() & (coded["drug"] != whole.fillna(meant))].empty


def test_uncoded_names_are_listed_by_frequency_with_candidates():
    names = pd.Series(["MTX", "methotrexxat", "XYZ-123", "methotrexxat", None, "甲氨蝶呤+来氟米特"])

    listed = drugs.uncoded(names)

    assert listed["name"].tolist()[0] == "methotrexxat"
    assert listed.set_index("name")["n"].to_dict() == {
        "methotrexxat": 2,
        "XYZ-123": 1,
        "甲氨蝶呤+来氟米特": 1,
    }
    assert listed.set_index("name").loc["甲氨蝶呤+来氟米特", ["coding", "candidates"]].tolist() == [
        "several",
        "leflunomide; methotrexate",
    ]
    assert listed.set_index("name").loc["XYZ-123", "candidates"] == ""


def test_nothing_to_list_is_an_empty_list():
    assert drugs.uncoded(["MTX"]).empty


@pytest.mark.parametrize(
    ("drug", "milligrams"),
    # A.21: equal to prednisone 5 mg
    [("prednisolone", 5), ("methylprednisolone", 4), ("triamcinolone", 4), ("dexamethasone", 0.75),
     ("betamethasone", 0.6), ("hydrocortisone", 20), ("cortisone", 25)],
)  # fmt: skip
def test_glucocorticoids_carry_their_prednisone_equivalent(drug, milligrams):
    assert drugs.dictionary().loc[drug, "prednisone_5mg"] == milligrams


def test_deflazacort_has_no_single_equivalent():
    assert pd.isna(drugs.dictionary().loc["deflazacort", "prednisone_5mg"])


def test_immunosuppressants_are_those_the_registration_names():
    listed = drugs.dictionary().query("immunosuppressant").index

    assert set(listed) == {
        "methotrexate",
        "azathioprine",
        "cyclophosphamide",
        "tacrolimus",
        "ciclosporin",
        "mycophenolate",
    }


def test_drugs_of_the_reference_without_a_verified_code_have_none():
    codes = drugs.dictionary()["atc"]

    without = ["iguratimod", "tripterygium glycosides", "total glucosides of paeony", "sinomenine", "telitacicept",
               "ivarmacitinib"]  # fmt: skip
    assert codes[without].isna().all()


@pytest.mark.parametrize("name", drugs.dictionary().query("`class` != 'other'").index)
def test_an_entry_says_what_the_drug_is_and_where_it_stands(name):
    entry = drugs.dictionary().loc[name]

    assert entry["class"] in drugs.CLASSES
    assert entry["source"] and entry["tag"] in {"V", "V approval", "V code; M brands", "M", "M-"}
    assert pd.notna(entry["moa"]) or entry["class"] not in {"bDMARD", "tsDMARD", "biologic", "GC"}
    codes = "; ".join(entry[["atc", "atc_old"]].dropna())
    assert all(CODE.fullmatch(code.lower()) for code in filter(None, codes.split("; ")))


OTHER = [
    "叶酸片 5mg qw",
    "Folic Acid 5mg",
    "碳酸钙D3片(钙尔奇D) 600mg*30片/瓶",
    "骨化三醇软胶囊 0.25μg",
    "奥美拉唑肠溶胶囊 20mg",
    "塞来昔布胶囊（西乐葆）",
    "阿托伐他汀钙片（立普妥） 20mg",
    "苯磺酸氨氯地平片",
    "metformin hydrochloride 500 mg bid",
    "左氧氟沙星片",
    "流感疫苗",
    "A02BC01",
    "C10AA05",
    "青霉素",  # penicillin is not penicillamine
    "碳酸钙 + 维生素D",
    "losartan potassium 50mg tablets",
    "地舒单抗注射液 60mg",  # an antibody, for the bones
]


@pytest.mark.parametrize("name", OTHER)
def test_co_medication_is_other_and_not_unknown(name):
    row = drugs.match([name]).iloc[0]

    assert (row["class"], row["coding"]) == ("other", "coded")


LOCAL = [
    "他克莫司软膏",
    "他克莫司软膏 0.1% 外用",
    "泼尼松龙滴眼液",
    "山地明滴眼液",
    "hydrocortisone butyrate cream",
    "布地奈德吸入气雾剂",
    "柳氮磺吡啶栓",
    "曲安奈德益康唑乳膏",
    "妥布霉素地塞米松滴眼液",
]


@pytest.mark.parametrize("name", LOCAL)
def test_what_is_put_on_skin_or_eye_is_no_exposure(name):
    row = drugs.match([name]).iloc[0]

    assert (row["class"], row["coding"]) == ("other", "coded")
    assert pd.isna(row["moa"]) and pd.isna(row["atc"])


def test_a_glucocorticoid_beside_an_antiinfective_is_split_by_hand():
    coded = drugs.match(["dexamethasone/tobramycin", "prednisone + co-trimoxazole", "prednisone + calcium"])

    assert coded["coding"].tolist() == ["several", "several", "coded"]


def test_usual_names_find_their_drug_and_none_finds_another():
    """These names were written down, from public formularies, before anybody looked whether the dictionary has them."""
    names = pd.read_csv(Path(__file__).with_name("usual_drug_names.csv"), dtype=str)

    coded = drugs.match(names["name"])

    found = coded["drug"].where(coded["class"] != "other", "other")
    found = found.where(coded["drug"] != "immunoglobulin", "immunoglobulin")
    told = coded["coding"] == "coded"
    assert names[told & (found != names["drug"])].empty
    assert told.mean() >= 0.95


def test_what_was_checked_is_written_at_each_drug_and_what_was_not_stays_open():
    known = drugs.dictionary().query("`class` != 'other'")

    for drug, entry in known[known["checked"].notna()].iterrows():
        names = "; ".join(
            entry[["chinese", "originator", "biosimilar", "brand", "spelling", "atc", "atc_old"]].dropna()
        )
        for note in entry["checked"].split("; "):
            confirmed, source = note.split(": ")
            assert source and all(name in names for name in confirmed.split()), drug
    assert {"sinomenine", "telitacicept", "ivarmacitinib"} <= set(known.index[known["checked"].isna()])


WRITTEN = [
    ("来氟米特片（爱若华）", "leflunomide"),
    ("来氟米特片(某新商品)", "leflunomide"),  # a trade name that is not listed
    ("英夫利昔单抗", "infliximab"),
    ("赛妥珠单抗注射液", "certolizumab pegol"),
    ("巴瑞克替尼", "baricitinib"),
    ("氨甲喋呤", "methotrexate"),
    ("得宝松 1ml", "betamethasone"),
    ("Humira 40 mg/0.4 mL pen", "adalimumab"),
    ("infliximab-dyyb 100mg", "infliximab"),
    ("Prednisolone soluble tablets 5mg", "prednisolone"),
    ("硫酸羟氯喹片(纷乐) 0.1g×14片/盒", "hydroxychloroquine"),
    ("MTX 10mg qw + 叶酸 5mg", "methotrexate"),
    ("L04AA13", "leflunomide"),
    ("注射用英夫利西单抗(类克) 100mg/支", "infliximab"),
    ("Xeljanz XR 11mg extended-release tablet", "tofacitinib"),
    # makers beside the name, pharmacopoeias, other languages, marks of a hospital's list
    ("TEVA-LEFLUNOMIDE", "leflunomide"),
    ("METHOTREXATE INJECTION, USP", "methotrexate"),
    ("MTX HEXAL 10 mg Tabletten", "methotrexate"),
    ("METHOTREXATE BELLON 2,5 mg, comprimé", "methotrexate"),
    ("★(乙)硫酸羟氯喹片[国基]", "hydroxychloroquine"),
    ("[甲]来氟米特片", "leflunomide"),
    ("泼尼松 50mg qd→45mg qd", "prednisone"),
    ("静脉用甲强龙500mg冲击3天", "methylprednisolone"),
    # as hospital pharmacies write what they deliver
    ("24 HR tofacitinib 11 MG Extended Release Oral Tablet [Xeljanz]", "tofacitinib"),
    ("homecare - etanercept (erelzi) pre-filled syringe 25 mg injection", "etanercept"),
    ("rituximab (truxima) 900mg in nacl 0.9% (590ml)", "rituximab"),
    ("homecare adalimumab (amgevita) 40 mg pre-filled syri", "adalimumab"),  # the cell ends here
    ("甲泼尼龙琥珀酸钠 40mg ivgtt qd", "methylprednisolone"),
    ("甲强的松龙", "methylprednisolone"),  # not 强的松龙, prednisolone
    ("安瑞昔", "zuberitamab"),
    ("安平希", "ripertamab"),
]


@pytest.mark.parametrize(("name", "drug"), WRITTEN)
def test_the_habits_of_prescriptions_are_understood(name, drug):
    assert drugs.match([name]).iloc[0]["drug"] == drug


@pytest.mark.parametrize(
    "name",
    [
        "甲氨蝶呤(过敏)",
        "adalimumab placebo",
        "MTX (stopped)",
        "曲安奈德(关节腔注射)",
        "来氟米特(或甲氨蝶呤)",
        "methotrexxate",
        "阿达木单杭",
        "adalimumab (not given)",
        "L04AX99",
        "新强的松",
        "甲氨蝶呤[停]",
        "adalimumab syri",  # a short cell has not been cut off
        "mepolizumab / placebo",
        "methotrexate homecare delivery charge",
    ],
)
def test_what_may_mean_something_else_is_proposed_and_never_taken(name):
    assert drugs.match([name]).iloc[0]["class"] == "unknown"


def test_the_names_of_a_study_add_and_overrule():
    own = drugs.own_names(
        [
            {"name": "XYZ-123", "drug": "xyzumab", "class": "bDMARD", "moa": "IL6i"},
            {"name": "益赛普", "drug": "infliximab"},  # the study says so
            {"name": "MTX", "drug": "methotrexate", "class": "other"},
        ]
    )

    coded = drugs.match(["xyz-123 80mg sc", "益赛普", "MTX 10mg", "甲氨蝶呤"], own)

    assert coded["drug"].tolist() == ["xyzumab", "infliximab", "methotrexate", "methotrexate"]
    assert coded["class"].tolist() == ["bDMARD", "bDMARD", "other", "csDMARD"]
    assert coded["matched_on"].tolist() == ["study", "study", "study", "chinese"]


@pytest.mark.parametrize(
    ("row", "message"),
    [({"name": "X"}, "lacks name or drug"), ({"name": "X", "drug": "xyzumab"}, "is not known"),
     ({"name": "X", "drug": "xyzumab", "class": "bDMARDs"}, "did you mean 'bDMARD'")],
)  # fmt: skip
def test_a_row_of_the_study_that_says_too_little_is_refused(row, message):
    with pytest.raises(ValueError, match=message):
        drugs.own_names([row])


def test_import_needs_no_more_than_numpy_and_pandas(root):
    code = "import sys, analysis.drugs; print(sorted({'scipy', 'sklearn', 'statsmodels'} & set(sys.modules)))"

    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=root / "src", capture_output=True, text=True, check=True
    )

    assert printed.stdout.strip() == "[]"
