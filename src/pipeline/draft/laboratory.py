"""Laboratory results in a file of their own: one row per subject, test and sample."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from analysis.columns import ANALYTES
from analysis.columns.units import canonical, factor
from analysis.read.numbers import number
from analysis.read.text import same_code
from pipeline.draft import names
from pipeline.draft.layout import File
from pipeline.draft.look import rounded
from pipeline.draft.yaml import Said

if TYPE_CHECKING:
    from pipeline.draft.model import Plan
from pipeline.draft.moments import visit_moments

COLUMNS = {
    "analyte": "lbtestcd lbtest testcd test test_name testname analyte analyt lab_test labtest parameter lab_name "
    "检验项目 检查项目 项目 项目名称",
    "value_raw": "lborres lbstresc lbstresn result results lab_result labresult value test_result ergebnis wert "
    "结果 检验结果 检测结果",
    "unit_raw": "lborresu lbstresu unit units lab_unit result_unit einheit 单位",
    "lln": "lbstnrlo lbornrlo lln lower low lower_limit ref_low low_ref reflow refmin 下限 参考下限",
    "uln": "lbstnrhi lbornrhi uln upper high upper_limit ref_high high_ref refhigh refmax 上限 参考上限",
    "sample_date": "lbdtc lbdt sample_date sampledate collection_date lab_date labdate date datum 采样日期 "
    "检验日期 日期",
}
SPELLINGS = {
    "CRP": "crp c_reactive_protein creactiveprotein c反应蛋白 hscrp hs_crp",
    "ESR": "esr bsr erythrocyte_sedimentation_rate 血沉 红细胞沉降率",
    "HB": "hb hgb haemoglobin hemoglobin 血红蛋白",
    "WBC": "wbc leucocytes leukocytes white_blood_cells white_blood_cell_count 白细胞 白细胞计数",
    "NEUT": "neut anc neutrophils neutrophil_count 中性粒细胞 中性粒细胞计数",
    "LYM": "lym lymph lymphocytes lymphocyte_count 淋巴细胞 淋巴细胞计数",
    "PLT": "plt plat platelets platelet_count thrombocytes 血小板 血小板计数",
    "ALT": "alt alat gpt sgpt alanine_aminotransferase 谷丙转氨酶 丙氨酸氨基转移酶",
    "AST": "ast asat got sgot aspartate_aminotransferase 谷草转氨酶 天冬氨酸氨基转移酶",
    "GGT": "ggt gamma_gt gamma_glutamyl_transferase 谷氨酰转肽酶",
    "CREA": "crea creat creatinine serum_creatinine kreatinin 肌酐 血肌酐",
    "CK": "ck cpk creatine_kinase 肌酸激酶",
    "LDH": "ldh ld lactate_dehydrogenase 乳酸脱氢酶",
    "FERR": "ferr ferritin 铁蛋白",
}
KNOWN = {word: code for code, words in SPELLINGS.items() for word in words.split()}


def columns_of(file: File) -> dict[str, str]:
    """Which columns of a file hold the parts of laboratory results; nothing where it holds none."""
    by_name = {names.plain(name): name for name in reversed(list(file.seen))}
    found = {
        part: next((by_name[word] for word in words.split() if word in by_name), None)
        for part, words in COLUMNS.items()
    }
    there = {part: name for part, name in found.items() if name is not None and name not in file.subject}
    is_laboratory = {"analyte", "value_raw"} <= set(there) and ({"unit_raw", "uln"} & set(there))
    if not is_laboratory or file.once or file.seen[there["analyte"]].kind not in ("category", "text"):
        return {}
    return there


def fill_laboratory(plan: "Plan", file: File, visits: dict[str, str]) -> dict:
    """The mapping of laboratory results; declares the analytes that the template does not know.

    Parameters
    ----------
    plan : Plan
        The draft, whose `analytes` are added to.
    file : File
        A file for which `columns_of` found the columns.
    visits : dict
        Visit by the value of the file's visit column; empty where it has none.
    """
    there = columns_of(file)
    tests = file.rows[there["analyte"]].fillna("")
    codes: dict[str, str] = {}
    for test in dict.fromkeys(text for text in tests if text):
        part = file.rows[tests.eq(test)]
        units = Counter(part[there["unit_raw"]].dropna()) if "unit_raw" in there else Counter()
        same = [code for other, code in codes.items() if same_code(other) == same_code(test)]
        known, values = [unit for unit in units if unit], part[there["value_raw"]].dropna()
        codes[test] = same[0] if same else _code(plan, file, test, known, values, taken=codes.values())
    columns: dict = {"analyte": {"column": there["analyte"], "codes": codes}}
    for part in ("value_raw", "unit_raw", "lln", "uln"):
        if part in there:
            columns[part] = {"column": there[part]}
    if "sample_date" in there and file.seen[there["sample_date"]].kind == "date":
        order = file.seen[there["sample_date"]].date_order
        columns["sample_date"] = {"column": there["sample_date"]} | ({"date_order": order} if order else {})
    if file.visit and visits:
        columns["visit_id"] = {"column": file.visit, "codes": visits}
    else:
        file.doubts.append("no column says the visit of a result: results are in no table by visit")
    return columns


def _code(plan: "Plan", file: File, test: str, units: list[str], values, *, taken: Collection[str]) -> str:
    """The template's analyte of that name, where all units can become its own; else one of the study's own.

    Of two tests of a file that are called alike (CRP and hs-CRP) the first is the template's.
    """
    word = names.plain(test)
    code = KNOWN.get(word) or (test.upper() if test.upper() in ANALYTES else None)
    if (
        code
        and code not in taken
        and units
        and all(factor(unit, ANALYTES[code].unit or "", analyte=code) for unit in units)
    ):
        return code
    usual = next((unit for unit in units if canonical(unit)), "")
    alike = usual and all(factor(unit, usual) for unit in units)
    numbers = [read.value for text in values if (read := number(str(text))).status == "ok"]
    own = names.slug(test).upper() or f"TEST_{len(plan.analytes) + 1}"
    while own in plan.analytes or own in ANALYTES:
        own = f"{own}_OWN"
    said: dict = {
        "label": test if " " in test or len(test) > 5 else names.words(test),
        "unit": usual if alike else "",
    }
    if numbers and alike:
        said["range"] = list(rounded(min(numbers), max(numbers)))
    differs = (
        f"its unit does not agree ({', '.join(units) or 'none'})"
        if code not in taken
        else "so is another test"
    )
    why = [f"named like {code}, but {differs}"] if code else []
    why += [] if alike else [f"units are not converted: {', '.join(units) or 'none is given'}"]
    why += [f"seen: {min(numbers):g} to {max(numbers):g}"] if numbers else []
    plan.analytes[own] = Said(said, "; ".join(why)) if why else said
    if why and not alike:
        file.doubts.append(f"{test}: {why[-2] if numbers else why[-1]}")
    return own


def visit_column(file: File) -> str | None:
    """The column that names the visit of a result."""
    by_name = {names.plain(name): name for name in reversed(list(file.seen))}
    found = next((by_name[word] for word in names.VISIT if word in by_name), None)
    return found if found and 2 <= file.seen[found].distinct <= 40 else None


def visits_of(file: File, named: Callable[..., str]) -> dict[str, str]:
    """Visit by the value of the visit column, `named` giving the id of a moment."""
    return {text: named(when) for text, when in visit_moments(file).items()}
