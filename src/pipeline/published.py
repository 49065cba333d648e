"""What is published: the manifest of each report, read with suspicion."""

from pathlib import Path

from pipeline.files import read_json
from pipeline.project import Project
from pipeline.sites import places_below

TEXTS = ("study_id", "report", "state", "data_cut", "rendered_at")
TABLES = ("outputs", "params")


def manifest_at(folder: Path) -> dict | None:
    """The manifest of a published report or a kept run; None where there is none, or it is no such thing."""
    found = read_json(folder / "manifest.json")
    if found is None:
        return None
    rows = found.get("rows", {})
    whole = (
        all(isinstance(found.get(name), str) for name in TEXTS)
        and all(isinstance(found.get(name), dict) for name in TABLES)
        and isinstance(found.get("data"), list)
        and isinstance(found.get("run", ""), str)
        and isinstance(rows, dict)
        and all(isinstance(n, int) for n in rows.values())
        and isinstance(found.get("site", {}), dict)
        and isinstance(found.get("sites", {}), dict)
        and all(isinstance(n, int) for n in found.get("sites", {}).values())
    )
    return found if whole else None


def published_manifests(project: Project) -> list[tuple[Path, dict]]:
    """The manifest of every published report; one that cannot be read is left out."""
    found = [(folder / "manifest.json", manifest_at(folder)) for folder in published_folders(project)]
    return [(file, content) for file, content in found if content]


def published_folders(project: Project) -> list[Path]:
    """The folder of every published report, of a study or of one of its sites."""
    return [folder for folder in places_below(project.site) if (folder / "manifest.json").is_file()]
