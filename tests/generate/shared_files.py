"""The exports both studies have: events of all kinds, drug courses, laboratory results."""

from generate.schema import Column, Source, complete, flag, keys


def adverse_events(events):
    """One row per event; own plain wording, not the licensed dictionary."""
    t = "adverse_events."
    return Source(
        "adverse_events.csv",
        "one adverse event",
        (
            *keys(events, "adverse_events", t + "ae_id"),
            Column("ae_term", "event as reported", cdisc="AE.AETERM", tidy=t + "term_verbatim"),
            Column("ae_pt", "preferred wording (own list)", cdisc="AE.AEDECOD", tidy=t + "pt"),
            Column("ae_soc", "organ class (own list)", cdisc="AE.AEBODSYS", tidy=t + "soc"),
            Column(
                "ae_start",
                "start date, day or month may be unknown",
                "date",
                cdisc="AE.AESTDTC",
                tidy=t + "start_date",
            ),
            Column("ae_stop", "stop date, may be partial", "date", cdisc="AE.AEENDTC", tidy=t + "stop_date"),
            flag("ae_ongoing", "ongoing at last contact", "AE.AEENRTPT", t + "ongoing"),
            Column(
                "ae_grade",
                "highest CTCAE grade",
                "int",
                low=1,
                high=5,
                cdisc="AE.AETOXGR",
                tidy=t + "ctcae_grade_max",
            ),
            flag("ae_serious", "serious", "AE.AESER", t + "serious"),
            Column(
                "ae_sae_criterion",
                "why serious",
                "cat",
                codes="1=death|2=life_threat|3=hosp|4=disability|5=congenital|6=medical",
                cdisc="AE.AESHOSP",
                tidy=t + "sae_criterion",
            ),
            Column(
                "ae_related",
                "relation to the drug",
                "cat",
                codes="0=not|1=unlikely|2=possible|3=probable|4=definite",
                cdisc="AE.AEREL",
                tidy=t + "related",
            ),
            Column("ae_drug", "drug suspected, as written", cdisc="AE.AERELNST", tidy=t + "suspected_drug"),
            Column(
                "ae_action",
                "action taken with the drug",
                "cat",
                codes="0=none|1=interrupted|2=reduced|3=withdrawn",
                cdisc="AE.AEACN",
                tidy=t + "action",
            ),
            Column(
                "ae_outcome",
                "outcome",
                "cat",
                codes="1=recovered|2=recovering|3=sequelae|4=not_recovered|5=fatal|9=unknown",
                cdisc="AE.AEOUT",
                tidy=t + "outcome",
            ),
            Column(
                "ae_aesi",
                "special interest",
                "cat",
                codes="0=none|1=infection_serious|2=TB|3=HBV|4=zoster|5=malignancy|6=ILD|7=injection|8=cytopenia|"
                "9=MACE|10=VTE",
                cdisc="AE.AECAT",
                tidy=t + "aesi",
            ),
            complete("adverse_event"),
        ),
    )


def study_events(events, kinds):
    """Protocol deviations and intercurrent events, one row each."""
    t = "deviations."
    return Source(
        "events.csv",
        "one protocol deviation or intercurrent event",
        (
            *keys(events, "deviations", t + "deviation_id"),
            Column(
                "ev_kind",
                "kind",
                "cat",
                codes="1=deviation|2=intercurrent",
                cdisc="DV.DVCAT",
                tidy=t + "kind",
            ),
            Column("ev_type", "type", "cat", codes=kinds, cdisc="DV.DVDECOD", tidy=t + "category"),
            Column("ev_date", "date", "date", cdisc="DV.DVSTDTC", tidy=t + "deviation_date"),
            Column(
                "ev_severity",
                "weight of a deviation",
                "cat",
                codes="1=minor|2=major",
                cdisc="DV.DVSCAT",
                tidy=t + "severity",
            ),
            Column("ev_text", "description", cdisc="DV.DVTERM", tidy=t + "description"),
            complete("study_event"),
        ),
    )


DISCONTINUATION = "1=completed|2=adverse_event|3=inefficacy|4=lost|5=death|6=withdrew|7=other|8=sponsor"


def disposition(events):
    """How each enrolled subject left the study, one row per subject."""
    t = "subjects."
    return Source(
        "disposition.csv",
        "one enrolled subject",
        (
            *keys(events, "subjects"),
            Column(
                "discontinuation_date",
                "end of participation",
                "date",
                cdisc="DS.DSSTDTC",
                tidy=t + "discontinuation_date",
            ),
            Column(
                "discontinuation_reason",
                "reason",
                "cat",
                codes=DISCONTINUATION,
                cdisc="DS.DSDECOD",
                tidy=t + "discontinuation_reason",
            ),
            Column(
                "last_contact_date", "last contact", "date", cdisc="DS.DSSTDTC", tidy=t + "last_contact_date"
            ),
            Column("death_date", "death", "date", cdisc="DM.DTHDTC", tidy=t + "death_date"),
            complete("disposition"),
        ),
    )


STOP_REASONS = (
    "原发无效=primary_inefficacy|继发无效=secondary_inefficacy|不良反应=adverse_event|不耐受=intolerance|"
    "禁忌=contraindication|缓解=remission|费用或医保=access_cost|患者意愿=patient_choice|妊娠计划=pregnancy|"
    "手术=surgery|其他=other|不详=unknown"
)


def medication():
    """The drug courses: an Excel workbook, a merged title above Chinese headers, identifiers inside."""
    t = "treatments."
    return Source(
        "medication.xlsx",
        "one drug course",
        (
            Column("研究编号", "pseudonym of the subject", cdisc="DM.SUBJID", tidy=t + "subject_id"),
            Column("姓名", "name (dropped at import)", identifier=True),
            Column("住院号", "hospital number (dropped at import)", identifier=True),
            Column(
                "序号",
                "number of the course within the subject",
                "int",
                low=1,
                cdisc="CM.CMSEQ",
                tidy=t + "course_id",
            ),
            Column(
                "药品名称",
                "drug as written: generic, brand, Chinese or ATC",
                cdisc="CM.CMTRT",
                tidy=t + "drug_raw",
            ),
            Column(
                "用途",
                "role",
                "cat",
                codes="既往用药=prior|合并用药=background|补救用药=rescue",
                cdisc="CM.CMCAT",
                tidy=t + "role",
            ),
            Column(
                "剂量",
                "dose per administration",
                "float",
                low=0,
                high=2000,
                cdisc="CM.CMDOSE",
                tidy=t + "dose",
            ),
            Column(
                "单位", "unit of the dose", "cat", codes="mg|g|mg/kg", cdisc="CM.CMDOSU", tidy=t + "dose_unit"
            ),
            Column(
                "给药途径",
                "route",
                "cat",
                codes="口服=PO|皮下注射=SC|静脉滴注=IV",
                cdisc="CM.CMROUTE",
                tidy=t + "route",
            ),
            Column(
                "频次",
                "frequency",
                "cat",
                codes="每日一次|每日两次|每日三次|隔日一次|每周一次|每周两次|每两周一次|每四周一次|每八周一次|每六月一次|单次",
                cdisc="CM.CMDOSFRQ",
                tidy=t + "frequency",
            ),
            Column(
                "开始日期",
                "start, day or month may be unknown",
                "date",
                cdisc="CM.CMSTDTC",
                tidy=t + "start_date",
            ),
            Column(
                "停药日期",
                "stop (first day without the drug), empty when ongoing",
                "date",
                cdisc="CM.CMENDTC",
                tidy=t + "stop_date",
            ),
            Column("是否继续", "ongoing", "bool", codes="否=0|是=1", cdisc="CM.CMENRTPT", tidy=t + "ongoing"),
            Column(
                "停药原因",
                "why it was stopped",
                "cat",
                codes=STOP_REASONS,
                cdisc="CM.CMREASND",
                tidy=t + "stop_reason",
            ),
            Column(
                "非医学换药",
                "originator to biosimilar without medical reason",
                "bool",
                codes="否=0|是=1",
                tidy=t + "switch_nonmedical",
            ),
            Column("依从性", "adherence", "float", "%", 0, 100, cdisc="EC.ECADJ", tidy=t + "adherence_pct"),
            Column("备注", "free text (dropped at import)", identifier=True),
        ),
        "xlsx, title row merged above the header",
    )


def laboratory(file, analytes, visits):
    """One result per row from the laboratory system, GB18030, Chinese headers."""
    t = "labs."
    codes = "|".join(f"{chinese}={analyte}" for chinese, analyte in analytes.items())
    return Source(
        file,
        "one laboratory result",
        (
            Column("研究编号", "pseudonym of the subject", cdisc="DM.SUBJID", tidy=t + "subject_id"),
            Column("姓名", "name (dropped at import)", identifier=True),
            Column(
                "标本号", "number of the result in the laboratory system", cdisc="LB.LBREFID", tidy=t + "seq"
            ),
            Column("访视", "visit", "cat", codes=visits, cdisc="LB.VISIT", tidy=t + "visit_id"),
            Column("采样日期", "day of sampling", "date", cdisc="LB.LBDTC", tidy=t + "sample_date"),
            Column("项目", "analyte", "cat", codes=codes, cdisc="LB.LBTESTCD", tidy=t + "analyte"),
            Column(
                "结果",
                "result as printed",
                missing="未查=not done|未做=not done|拒查=refused|标本溶血=haemolysed",
                cdisc="LB.LBORRES",
                tidy=t + "value_raw",
            ),
            Column("单位", "unit as printed", cdisc="LB.LBORRESU", tidy=t + "unit_raw"),
            Column("参考下限", "lower limit of normal", "float", low=0, cdisc="LB.LBORNRLO", tidy=t + "lln"),
            Column("参考上限", "upper limit of normal", "float", low=0, cdisc="LB.LBORNRHI", tidy=t + "uln"),
            Column(
                "提示",
                "flag of the laboratory",
                "cat",
                codes="↑=high|↓=low",
                cdisc="LB.LBNRIND",
                tidy=t + "flag_raw",
            ),
            Column(
                "标本状态",
                "state of the specimen",
                "cat",
                codes="正常=ok|溶血=haemolysed|脂血=lipaemic",
                cdisc="LB.LBSPCCND",
                tidy=t + "specimen_flag",
            ),
        ),
        "gb18030",
    )
