"""A study of one's own, started from one that works."""

import re
import shutil

from pipeline.project import Project, UserError


def new_study(project: Project, name: str, *, like: str) -> list[str]:
    """Copy parameters, reports and example data of a study under a new name; returns what to do next."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UserError(f"{name!r} cannot name a study: use lower-case letters, digits and _, a letter first")
    places = [project.root / part / name for part in ("params", "reports", "data")]
    if taken := [place for place in places if place.exists()]:
        raise UserError(f"{taken[0].relative_to(project.root)} is there already; choose another name")
    for place in places:
        source = place.with_name(like)
        if source.is_dir():
            shutil.copytree(source, place)
    for file in sorted((project.root / "params" / name).glob("*.yml")):
        text = file.read_text(encoding="utf-8")
        text = re.sub(rf"\bdata/{re.escape(like)}\b", f"data/{name}", text)
        file.write_text(
            re.sub(rf"^id: {re.escape(like)}$", f"id: {name}", text, flags=re.M), encoding="utf-8"
        )
    return [
        f"Study {name} is there, with the example data and settings of {like}. It renders as it is:",
        f"  study render {name}",
        "Then make it yours:",
        f"  1. put your export into data/{name}/ in place of the example files",
        f"  2. describe it in params/{name}/study.yml (title, registry, visits, sources, tables)",
        f"  3. run `study check {name}` until it finds nothing wrong",
        f"  4. edit the text in reports/{name}/interim.qmd and final.qmd",
        f"  5. run `study lab {name}` to look into the notebooks, `study render {name}` for the reports",
    ]
