"""How results are verified: what the tests hold, the worked patients, the coverage of intervals."""

import ast
import re
from pathlib import Path

from pipeline.handbook.markdown import code, plain, table
from pipeline.project import UserError


def assurance(root: Path) -> str:
    """The files of patients with known answers."""
    from analysis.study.document import load

    rows = []
    for file in sorted((root / "tests" / "assurance").glob("*.yml")):
        cases = load(file).tree
        patients = len(cases["tables"]["subjects"].strip().splitlines()) - 1
        expected = [line.split("|")[2:] for line in cases["expect"].strip().splitlines()[1:]]
        answers = sum(bool(cell.strip()) for cells in expected for cell in cells)
        rows.append((code(file.name), plain(cases["title"]), str(patients), str(answers)))
    head = ("File", "What is decided", "Patients", "Expected answers")
    return table(
        head, rows, caption="Patients with known answers", label="assurance", widths=(24, 46, 12, 18)
    )


def tests(root: Path) -> str:
    """Every test module with the first sentence it says of itself."""
    rows = []
    for file in sorted((root / "tests").rglob("test_*.py")):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        place = file.relative_to(root / "tests").as_posix()
        rows.append((code(place), plain(said.split("\n\n")[0])))
    head = ("Test module", "What holds")
    return table(head, rows, caption="Tests", label="tests", widths=(36, 64))


def coverage(root: Path) -> str:
    """The page on coverage as it was measured, its tables captioned by their headings."""
    file = root / "docs" / "coverage.md"
    if not file.is_file():
        raise UserError("docs/coverage.md is not there; benchmarks/coverage.py writes it")
    parts = re.split(r"^(#+ .*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    made = [parts[0]]
    for number, (heading, body) in enumerate(zip(parts[1::2], parts[2::2])):
        title = heading.lstrip("#").strip()
        caption = f"\\1\n\n: {title} {{#tbl-coverage-{number}}}\n"
        made.append(f"##{'#' if heading.startswith('##') else ''} {title}")
        made.append(re.sub(r"(^\|.*\|$)(?=\n(?!\|)|\Z)", caption, body, count=1, flags=re.MULTILINE))
    return "\n".join(made)


def strikes(root: Path) -> str:
    """What came of the strikes at renders, as the benchmark wrote it; what never went wrong in one column."""
    file = root / "docs" / "strikes.md"
    if not file.is_file():
        raise UserError("docs/strikes.md is not there; benchmarks/faults.py --write writes it")
    lines = [line.strip("| ").split(" | ") for line in file.read_text(encoding="utf-8").splitlines()]
    kinds = lines[0][3:]
    rows = [(cells[0], cells[1], cells[2], str(sum(map(int, cells[3:])))) for cells in lines[2:] if cells[0]]
    head = ("Strike", "Strikes", "Too late", f"{', '.join(kinds)}")
    caption = "Strikes on a machine with two cores at full load"
    return table(head, rows, caption=caption, label="strikes", widths=(40, 12, 12, 36))


def policies(root: Path) -> str:
    """Who may read a shared report, and what it must not hold then."""
    from pipeline.share import PROFILES

    rows = [
        (
            code(policy.name),
            plain(policy.readers),
            _counts(policy),
            f"to {policy.multiple}" if policy.multiple > 1 else "no",
            f"{policy.small[0]} to {policy.small[1]}, all possible" if policy.protects else "-",
        )
        for policy in PROFILES.values()
    ]
    head = ("Policy", "Readers", "Counts of people", "Rounded", "A suppressed small count")
    return table(head, rows, caption="Policies of sharing", label="policies", widths=(18, 32, 18, 14, 18))


def _counts(policy) -> str:
    """The counts of people that may be shown, in words."""
    if not policy.protects:
        return "any"
    return f"at least {policy.smallest}{', or 0' if policy.zero else ''}"
