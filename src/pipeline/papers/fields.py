"""Numbers of a Word manuscript: fields that name their results, filled anew in a document that authors have edited.

Each number shows a property of the document, ``result:`` and the id of the result, so that Word can update it too. What
an author wrote around the numbers stays as it is.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pipeline.project import UserError
from pipeline.render.source import look_up
from pipeline.render.word.parts import pack, unpack

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
NAMED = re.compile(r'DOCPROPERTY\s+"?result:([^"\s]+)"?')
SHOWN = re.compile(r"^\[(.*?)\]\{\.result .*\}$", re.DOTALL)
PREFIX = "result:"
ROOT = re.compile(rb"<w:document\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of it: how many numbers there are, how many changed, and the ids that are no results any more."""

    numbers: int
    changed: int
    lost: tuple[str, ...]


def plain_number(text: str) -> str:
    """A number of the prose without what a page shows on request.

    Examples
    --------
    >>> plain_number('[0.03]{.result data-id="a.p_value"}'), plain_number("7")
    ('0.03', '7')
    """
    found = SHOWN.match(text)
    return found[1] if found else text


def properties(told: dict, used: set[str]) -> dict[str, str]:
    """The properties of a document for the numbers that its text shows."""
    return {PREFIX + name: plain_number(str(look_up(told, name))) for name in sorted(used)}


def refill(file: Path, tell: Callable[[set[str]], dict]) -> Filled:
    """Fill the numbers of an edited document with those of now.

    Parameters
    ----------
    file : Path
        A Word document that was made from a manuscript; rewritten in place.
    tell : function
        The results of these ids as nested text, see `pipeline.variables.formatted`.

    Raises
    ------
    UserError
        If it is no Word document, or holds no number of a result.
    """
    try:
        parts: dict[str, str | bytes] = dict(unpack(file.read_bytes()))
        tree = ElementTree.fromstring(parts["word/document.xml"])
    except (OSError, KeyError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise UserError(f"{file} is no Word document that can be read ({type(error).__name__})") from None
    fields = [field for paragraph in tree.iter(f"{{{W}}}p") for field in _fields(paragraph)]
    if not fields:
        raise UserError(f"{file} holds no number of a result; `study manuscript` makes documents that do")
    told = tell({name for name, _ in fields})
    now: dict[str, str] = {}
    lost: list[str] = []
    changed = 0
    for name, texts in fields:
        try:
            now[name] = plain_number(str(look_up(told, name)))
        except KeyError:
            lost.append(name)
            continue
        changed += _put(texts, now[name])
    if changed:
        parts["word/document.xml"] = _written(tree, parts["word/document.xml"])  # type: ignore[arg-type]
        parts["docProps/custom.xml"] = _custom(parts.get("docProps/custom.xml", b""), now)  # type: ignore[arg-type]
        file.write_bytes(pack(parts))
    return Filled(len(fields), changed, tuple(dict.fromkeys(lost)))


def _fields(paragraph: ElementTree.Element) -> list[tuple[str, list[ElementTree.Element]]]:
    """The numbers of a paragraph: the id of each, and the texts that show it."""
    found: list[tuple[str, list[ElementTree.Element]]] = []
    said, texts, state = "", [], ""
    for element in paragraph.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "fldSimple" and (match := NAMED.search(element.get(f"{{{W}}}instr", ""))):
            found.append((match[1], list(element.iter(f"{{{W}}}t"))))
        elif tag == "fldChar":
            state = element.get(f"{{{W}}}fldCharType", "")
            if state == "begin":
                said, texts = "", []
            elif state == "end" and (match := NAMED.search(said)):
                found.append((match[1], texts))
        elif tag == "instrText" and state == "begin":
            said += element.text or ""
        elif tag == "t" and state == "separate":
            texts.append(element)
    return found


def _put(texts: list[ElementTree.Element], value: str) -> bool:
    """Let the texts of a field show a value; whether they showed another."""
    if not texts or "".join(text.text or "" for text in texts) == value:
        return False
    texts[0].text = value
    texts[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for text in texts[1:]:
        text.text = ""
    return True


def _written(tree: ElementTree.Element, before: bytes) -> bytes:
    """The document as XML, with the names that Word expects for its namespaces."""
    for prefix, uri in re.findall(rb'xmlns:(\w+)="([^"]+)"', before):
        ElementTree.register_namespace(prefix.decode(), uri.decode())
    made = ElementTree.tostring(tree, encoding="UTF-8", xml_declaration=True)
    # Word asks for every namespace that it names as one to be ignored, used or not
    was, now = _root(before), _root(made)
    added = [entry for entry in re.findall(rb' xmlns:\w+="[^"]+"', now) if entry not in was]
    return made.replace(now, was[:-1] + b"".join(added) + b">", 1)


def _root(document: bytes) -> bytes:
    """The tag that a document opens with, and with it its namespaces."""
    found = ROOT.search(document)
    if found is None:
        raise UserError(
            "the document does not name its parts as Word does; open it in Word, save it and try again"
        )
    return found[0]


def _custom(content: bytes, now: Mapping[str, str]) -> bytes:
    """The properties of a document with the numbers of now."""
    if not content:
        return content
    tree = ElementTree.fromstring(content)
    for entry in tree.iter(f"{{{CUSTOM}}}property"):
        name = entry.get("name", "").removeprefix(PREFIX)
        if entry.get("name", "").startswith(PREFIX) and name in now:
            for value in entry:
                value.text = now[name]
    ElementTree.register_namespace("", CUSTOM)
    ElementTree.register_namespace("vt", VALUES)
    return ElementTree.tostring(tree, encoding="UTF-8", xml_declaration=True)
