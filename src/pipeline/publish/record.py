"""What a report is made from, told by its hashes."""

import json
from pathlib import Path

from pipeline.project import Project


def manifest(project: Project, content: dict, folder: Path, cover: dict, run: dict) -> dict:
    """What the report is made from."""
    from pipeline.lock import libraries

    data = json.loads((folder / "data" / "index.json").read_text(encoding="utf-8"))
    study, inputs = content["study"]["id"], run["inputs"]
    params = {name: digest for name, digest in inputs.items() if name.startswith(f"params/{study}/")}
    return {
        **cover,
        "study_id": study,
        "place": run["place"],
        **{key: data[key] for key in ("site", "sites") if key in data},
        "language": content["study"]["lang"],
        "data": data["files"],
        "rows": data["rows"],
        "datasets": data["datasets"],
        "settings": data["settings"],
        "params": {name.rsplit("/", 1)[1]: digest for name, digest in params.items()},
        "notebooks": {name: digest for name, digest in inputs.items() if name.startswith("notebooks/")},
        "text": {
            name: digest
            for name, digest in inputs.items()
            if name.startswith(("reports/", "_quarto", "_brand"))
        },
        "code": {part: code_of(inputs, part) for part in ("analysis", "studies", "pipeline")},
        "modules": run["modules"],
        "environment": inputs.get("requirements.lock"),
        "libraries": libraries(),
    }


def code_of(inputs: dict[str, str], part: str) -> str:
    """A digest over the source files of one package."""
    from hashlib import sha256 as digest

    lines = [
        f"{value}  {name}\n" for name, value in sorted(inputs.items()) if name.startswith(f"src/{part}/")
    ]
    return digest("".join(lines).encode()).hexdigest()
