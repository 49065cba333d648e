"""What a reader must know before the first number, and the cover as the page templates read it."""

import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import metadata

from analysis.escape import markdown
from analysis.language import Texts, commas, mark, paragraph, semicolons, tr, trn
from pipeline.commit import told
from pipeline.sites import titled

DESIGNS = Texts(
    {
        "cohort": "prospective cohort",
        "single_arm": "single arm, before/after",
        "randomised": "randomised",
    }
)
REPORTS = Texts({"interim": "Interim report", "final": "Final report"})
STATES = Texts(
    {"draft": "draft", "interim": "interim", "locked": "locked", "final": "final"}, context="in a sentence"
)
NOT_LOCKED = mark("Draft of the final report: the data are not locked. Not to be cited or passed on.")
ALL_DATA = mark("all data")
# Of the cover, what the text of a report may name by ``{{< meta ... >}}`` beside `study_facts`.
COVER_NAMES = frozenset(
    [
        "study-title",
        "planned",
        "confidence-level",
        "analysis-set",
        "registry",
        "report-label",
        "state",
        "state-word",
        "data-cut",
    ]
)
SHOWN_VERSIONS = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "papermill")


def cover_block(content: dict, renderer: str | None, *, code_version: str) -> dict:
    """What a reader must know before the first number: study, registration, data cut, state, versions."""
    study, analysis = content["study"], content["analysis"]
    return {
        "study": study["title"],
        "registry": study["registry"]["id"] if study.get("registry") else None,
        "report": analysis["report"],
        "data_cut": content["data_cut"] or ALL_DATA,
        "state": content["state"],
        "lock": content["lock"],
        "differs": content["differs"],
        "synthetic": bool(study.get("synthetic")),
        "code_version": code_version,
        "renderer": describe_renderer(renderer),
        "versions": {name: metadata.version(name) for name in SHOWN_VERSIONS},
        "python": platform.python_version(),
    }


def cover_metadata(study: dict, cover: dict, site: dict | None = None) -> dict:
    """The cover as the page templates read it; that of a site names it wherever the study is named."""
    versions = [f"{name} {version}" for name, version in cover["versions"].items()]
    facts = study_facts(study)
    extra = [
        (tr("Design"), facts["design"]),
        (tr("Institution"), study["institution"]),
        (tr("Site"), site and site["label"]),
        (tr("Planned size"), planned_size(study, site)),
        (tr("To be borne in mind"), facts["caveats"]),
        (tr("Contact"), facts["contact"]),
        (tr("Data lock"), lock_text(cover)),
    ]
    return {
        **{key: value or tr("not stated") for key, value in facts.items()},
        "study-title": titled(study["title"], site),
        **plan_facts(study),
        "registry": cover["registry"] or "",
        "report-label": REPORTS[cover["report"]],
        "state": cover["state"],
        "state-word": STATES.get(cover["state"], cover["state"]),
        **(
            {"state-text": draft_text(cover)}
            if (cover["report"], cover["state"]) == ("final", "draft")
            else {}
        ),
        "provenance": provenance(cover),
        **({"stale-after": cover["stale_after"]} if cover["stale_after"] else {}),
        "data-cut": tr(cover["data_cut"]),
        "synthetic": cover["synthetic"],
        "versions": [
            told(cover["code_version"]),
            cover["renderer"],
            f"Python {cover['python']}",
            *versions,
        ],
        "control": control(cover),
        "is-interim": cover["report"] == "interim",
        "is-final": cover["report"] == "final",
        "cover-extra": [{"term": term, "value": value} for term, value in extra if value],
    }


def planned_size(study: dict, site: dict | None = None) -> str:
    """The planned size in words; of all sites where the study file plans none for the one."""
    if study["planned_n"] is None:
        return tr("not known")
    if site and not site["planned"]:
        return tr("{n} patients at all sites", n=study["planned_n"])
    return trn("{n} patient", "{n} patients", study["planned_n"])


def control(cover: dict) -> dict:
    """Version and date of the document, and who answers for it; what nobody named is left to be filled in by hand."""
    said = cover["document"]
    roles = [("prepared", tr("Prepared")), ("reviewed", tr("Reviewed")), ("approved", tr("Approved"))]
    return {
        "version": said["version"] or cover["run"],
        "date": cover["rendered_at"][:10],
        "rows": [{"role": word, "name": said[key] or ""} for key, word in roles],
    }


def lock_text(cover: dict) -> str | None:
    """The lock that a report rests on, for its cover and foot."""
    lock = cover["lock"]
    if not lock:
        return None
    return commas(
        [lock["name"], f"SHA-256 {lock['sha256'][:16]}", *([tr("signed")] if lock["signed"] else [])]
    )


def draft_text(cover: dict) -> str:
    """Why a final report is a draft."""
    from pipeline.lock import shortened

    if not cover["differs"]:
        return tr(NOT_LOCKED)
    return tr(
        "Draft of the final report: it differs from what was locked ({listed}). Not to be cited or passed on.",
        listed=markdown(semicolons(shortened(tuple(cover["differs"])))),
    )


def provenance(cover: dict) -> str:
    """Which run made the page, when, on which lock it rests, and when the next one is due."""
    parts = [tr("run {run}", run=cover["run"]), tr("rendered {time}", time=minute(cover["rendered_at"]))]
    if lock := lock_text(cover):
        parts.append(tr("data lock {lock}", lock=lock))
    if cover["next_expected"]:
        parts.append(tr("next expected {time}", time=minute(cover["next_expected"])))
    return " · ".join(parts)


def minute(text: str) -> str:
    """A time in ISO form as people read it."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def study_facts(study: dict) -> dict[str, str | None]:
    """What the study file says about the study, for ``{{< meta registration >}}`` and the like in the prose."""
    registry, period = study.get("registry") or {}, study.get("period") or {}
    contact = study.get("contact") or {}
    when = registry.get("registered")
    registered = tr("registered retrospectively") if registry.get("retrospective") else None
    return {
        "design": DESIGNS[study["design"]],
        "institution": study["institution"],
        "investigators": joined(study["investigators"]),
        "registration": joined([registry.get("id"), registry.get("name"), when and f"{when}", registered]),
        "period": _period(period.get("start"), period.get("end")),
        "caveats": paragraph(study["caveats"]) or None,
        "ethics": study.get("ethics"),
        "study-funding": study.get("funding"),  # Quarto takes `funding` for itself
        "contact": joined([contact.get("name"), contact.get("email")]),
    }


def plan_facts(study: dict) -> dict[str, str]:
    """What is planned, for ``{{< meta confidence-level >}}`` and the like in the prose of reports and papers."""
    return {
        "planned": str(study["planned_n"] or tr("not known")),
        "confidence-level": tr("{value} %", value=f"{100 * study['statistics']['confidence_level']:g}"),
        "analysis-set": study["populations"][study["primary_population"]]["label"],
    }


def joined(parts: Iterable[str | None]) -> str | None:
    """The parts that are there, in one text; None when there is none."""
    return commas(part for part in parts if part) or None


def _period(start: str | None, end: str | None) -> str | None:
    return tr("{start} to {end}", start=start, end=end) if start and end else start or end


def describe_renderer(engine: str | None) -> str:
    """Name and version of the renderer that would be used."""
    from pipeline.render import choose_engine, engine_version

    return engine_version(choose_engine(engine))
