"""One text, two documents: what goes where, under which number, and how each refers to the other."""

import re
from pathlib import Path

import pytest

from pipeline.publish.documents import (
    CLOSE,
    HEADING,
    MAIN,
    OPEN,
    SUMMARY,
    SUPPLEMENT,
    divided,
    linked,
    numbers_of,
)
from pipeline.render.source import Line, mark_code

TEXT = """\
::: {.finding}
Nine of twenty improved
:::

# Results {#sec-results}

Few words, and @tbl-all.

{{< embed notebooks/change.ipynb#fig-course >}}

::: {.supplement}
{{< embed notebooks/change.ipynb#tbl-all >}}
:::

## Harm {#sec-harm}

Seen in @fig-course.

## Detail {#sec-detail .supplement}

::: {.callout-note}
## No heading of the text
:::

{{< embed notebooks/change.ipynb#tbl-more >}}

# Code {#sec-code}

```
# a comment, no heading
::: {.supplement}
```

# Sources {.unnumbered .both}
"""


def lines(text: str) -> list[Line]:
    return mark_code([Line(line, "index.qmd", number) for number, line in enumerate(text.splitlines(), 1)])


def shown(found: list[Line]) -> list[str]:
    return [line.text for line in found if line.text.strip()]


def test_each_line_stands_in_its_document():
    made = {name: shown(found) for name, found in divided(lines(TEXT)).items()}
    assert made[SUMMARY] == ["::: {.finding}", "Nine of twenty improved", ":::"]
    assert made[MAIN][3:] == [
        "# Results {#sec-results}",
        "Few words, and @tbl-all.",
        "{{< embed notebooks/change.ipynb#fig-course >}}",
        "## Harm {#sec-harm}",
        "Seen in @fig-course.",
        "# Code {#sec-code}",
        "```",
        "# a comment, no heading",
        "::: {.supplement}",
        "```",
        "# Sources {.unnumbered .both}",
    ]
    assert made[SUPPLEMENT] == [
        "# Results",  # the same words, without the label of the main report
        "{{< embed notebooks/change.ipynb#tbl-all >}}",
        "## Detail {#sec-detail .supplement}",
        "::: {.callout-note}",
        "## No heading of the text",
        ":::",
        "{{< embed notebooks/change.ipynb#tbl-more >}}",
        "# Sources {.unnumbered .both}",
    ]


def test_nothing_is_lost_and_only_what_belongs_to_both_stands_twice():
    made = divided(lines(TEXT))
    told = [line for name in (MAIN, SUPPLEMENT) for line in shown(made[name])]
    wanted = [line for line in shown(lines(TEXT)) if line not in (":::", "::: {.supplement}")]
    assert [line for line in wanted if line not in told] == []
    assert told.count("# Sources {.unnumbered .both}") == 2


def test_two_divisions_of_the_supplement_one_after_the_other_stay_apart():
    text = "# H\n\n::: {.supplement}\nWords.\n:::\n\n::: {.supplement}\n{{< embed notebooks/x.ipynb#tbl-a >}}\n:::\n"
    made = [line.text for line in divided(lines(text))["supplement"]]
    assert "" in made[made.index("Words.") + 1 : made.index("{{< embed notebooks/x.ipynb#tbl-a >}}")]


def test_numbers_are_counted_in_each_document():
    made = divided(lines(TEXT))
    assert numbers_of(made[MAIN], "") == {
        "sec-results": "1",
        "fig-course": "1",
        "sec-harm": "1.1",
        "sec-code": "2",
    }
    assert numbers_of(made[SUPPLEMENT], "S") == {"tbl-all": "S1", "sec-detail": "S1.1", "tbl-more": "S2"}


def test_references_to_the_other_document_are_links_there():
    made = divided(lines(TEXT))
    elsewhere = {"tbl-all": ("supplement.html", "S1")}
    text = shown(linked(made[MAIN], elsewhere))
    assert "Few words, and [Table\u00a0S1](supplement.html#tbl-all){.other-document}." in text
    assert "Seen in @fig-course." in text


@pytest.mark.parametrize("file", ["supplement.pdf", "supplement.docx"])
def test_links_between_files_on_paper_name_the_file_only(file):
    (line,) = linked(lines("As in @tbl-all."), {"tbl-all": (file, "S1")})
    assert line.text == f"As in [Table\u00a0S1]({file}){{.other-document}}."


INCLUDED = re.compile(r"^\{\{<\s*include\s+parts/(\S+)\s*>\}\}\s*$", re.MULTILINE)


def parted(made: list[Line]) -> dict[tuple[str, ...], list[str]]:
    """The headings below each heading, by the way to it."""
    found, way, depth = {}, [], 0
    for line in made:
        depth += 0 if line.code else bool(OPEN.match(line.text)) - bool(CLOSE.match(line.text))
        match = None if line.code or depth else HEADING.match(line.text)
        if match:
            way = [*way[: len(match[1]) - 1], match[2]]
            found.setdefault(tuple(way[:-1]), []).append(match[2])
    return found


def whole(root: Path, file: Path) -> str:
    """The text of a report with its parts; those that a render writes are empty."""
    parts, text = root / "reports" / "_parts", file.read_text(encoding="utf-8")
    while INCLUDED.search(text):
        text = INCLUDED.sub(
            lambda found: (parts / found[1]).read_text("utf-8") if (parts / found[1]).is_file() else "", text
        )
    return text


def test_no_section_of_a_report_is_parted_into_one(root):
    alone = [
        (file.parent.name, file.stem, name, way[-1], below)
        for file in sorted((root / "reports").glob("[!_]*/*.qmd"))
        for name, made in divided(lines(whole(root, file).split("---", 2)[2])).items()
        for way, below in parted(made).items()
        if way and len(below) == 1
    ]
    assert alone == []
