"""Sentences of an interim report whose numbers nobody can have yet: one says what is not known in their place.

A sentence is written for the number that stands in it. Early in a study there is none: no mean of nobody, no change
before the visit. Such sentences are left out whole, with those beside them, and what they would tell is named.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from analysis.language import commas, inside, paragraph, semicolons, tr
from pipeline.variables import DIRECTIONS, SHORT, USED
from pipeline.words import chosen_id

END = re.compile(r"[.!?](?:\*\*|[\"”’)\]])*\s+(?=[A-Z@{\[*(])|。(?=.)")
ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
REFERENCE = re.compile(r"\[@(?:tbl|fig|sec)-[\w-]+\]|@(?:tbl|fig|sec)-[\w-]*\w")
APART = ("#", "|", ":::", "```", "{{< embed", "{{< include", "<!--", ":")  # lines that are no prose


def say_what_is_unknown(
    stage: Path,
    rows: list[dict],
    *,
    labels: Mapping[str, Mapping[str, str]],
    chosen: dict[str, str],
    yet: bool = True,
) -> None:
    """Put what is not known in the place of sentences about it, in every page of a stage.

    Parameters
    ----------
    stage : Path
        The staged report, in its language, with the names of its numbers still in it.
    rows : list of dict
        The results, those awaited among them.
    labels : mapping
        Words for variables and visits, by id in small letters.
    chosen : dict
        Parts of ids that settings choose, see `pipeline.words`.
    yet : bool
        Whether it may be known later; what a site has nothing to say of in a final report is not.
    """
    values = {row["result_id"]: row for row in rows}

    def known(sentence: str) -> list[dict]:
        return unknown_in(sentence, values, chosen)

    for file in sorted(stage.rglob("*.qmd")):
        text = file.read_text(encoding="utf-8")
        told = "\n".join(_blocks(text.split("\n"), lambda block: _told(block, known, labels, yet)))
        if told != text:
            file.write_text(told, encoding="utf-8")


def _rests_on(name: str) -> list[str]:
    """The results that a name of the text rests on: a direction also on a limit of its interval."""
    before, _, leaf = name.rpartition(".")
    return [f"{before}.{SHORT.get(leaf, leaf)}", *([f"{before}.conf_low"] if leaf in DIRECTIONS else [])]


def unknown_in(text: str, values: Mapping[str, dict], chosen: dict[str, str]) -> list[dict]:
    """The results that a text names and that are not there; of a direction also the interval that would tell it."""
    names = [chosen_id(name, chosen) for name in USED.findall(text)]
    return list(_unknown([full for name in names for full in _rests_on(name)], values))


def _unknown(names: list[str], values: Mapping[str, dict]) -> Iterator[dict]:
    """The results among these that are not there, or are shares of nobody."""
    of = [name.rpartition(".")[0] for name in names]
    for name in names:
        row = values.get(name)
        prefix, _, leaf = name.rpartition(".")
        nobody = row is not None and leaf == "n" and row["value"] == 0 and of.count(prefix) > 1
        if row is not None and (row["value"] is None or nobody):
            yield row


def _blocks(lines: list[str], told: Callable[[str], str]) -> Iterator[str]:
    """The lines of a page, its paragraphs and items told anew; as many lines as there were."""
    waiting: list[str] = []
    fenced = False
    front = bool(lines) and lines[0].strip() == "---"
    for number, line in enumerate([*lines, ""]):
        last = number == len(lines)
        fenced ^= line.lstrip().startswith("```")
        plain = front or fenced or not line.strip() or line.lstrip().startswith(APART)
        if waiting and (plain or ITEM.match(line)):
            yield from _block(waiting, told)
            waiting = []
        if front and number and line.strip() == "---":
            front = False
        if last:
            return
        if plain:
            yield line
        else:
            waiting.append(line)


def _block(lines: list[str], told: Callable[[str], str]) -> list[str]:
    text = "\n".join(lines)
    said = told(text)
    return lines if said == text else [said, *([""] * (len(lines) - 1))]


def _told(
    block: str, known: Callable[[str], list[dict]], labels: Mapping[str, Mapping[str, str]], yet: bool
) -> str:
    """A paragraph without the sentences whose numbers are not there; the block as it is where all are."""
    if not block.rstrip().endswith((".", "!", "?", "。")) or not USED.search(block):
        return block
    item = ITEM.match(block)
    head = item[0] if item else ""
    sentences = [(text, known(text)) for text in _sentences(" ".join(block[len(head) :].split()))]
    if not any(missing for _, missing in sentences):
        return block
    runs = [list(run) for _, run in groupby(sentences, key=lambda one: bool(one[1]))]
    return head + paragraph(
        text
        for run in runs
        for text in ([_instead(run, labels, yet)] if run[0][1] else [sentence for sentence, _ in run])
    )


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for found in END.finditer(text):
        yield text[start : found.end()].strip()
        start = found.end()
    if text[start:].strip():
        yield text[start:].strip()


def _instead(lost: list[tuple[str, list[dict]]], labels: Mapping[str, Mapping[str, str]], yet: bool) -> str:
    """What stands in the place of sentences: what is not known, and where it will be shown."""
    what = list(dict.fromkeys(name for _, rows in lost for row in rows if (name := _named(row, labels))))
    shown = list(dict.fromkeys(found for sentence, _ in lost for found in REFERENCE.findall(sentence)))
    given: dict[str, Any] = {"what": semicolons(what), "references": commas(shown)}
    if not yet:
        with_place = tr("Not known at this site: {what} ({references}).", **given)
        return (
            with_place
            if what and shown
            else tr("Not known at this site: {what}.", **given)
            if what
            else tr("Not known at this site.")
        )
    if what:
        with_place = tr("Not known yet: {what} ({references}).", **given)
        return with_place if shown else tr("Not known yet: {what}.", **given)
    return tr("Not known yet ({references}).", **given) if shown else tr("Not known yet.")


def _named(row: Mapping, labels: Mapping[str, Mapping[str, str]]) -> str:
    """What a result is of, by the words of the study; nothing where it has none."""
    words = [labels.get(part, {}).get(str(row.get(part) or "").lower(), "") for part in ("variable", "visit")]
    if all(words):
        return tr("{label}, {visit}", label=words[0], visit=inside(words[1]))
    return tr(words[0]) if words[0] else ""
