"""Quarto and the embedded renderer, held to the same page."""

import re
import shutil
import subprocess
import zipfile
from dataclasses import asdict

import pytest

from pipeline.ending import LimitReached
from pipeline.publish.cover import study_facts
from pipeline.render import RenderError, choose_engine, prepare, quarto, render
from pipeline.render.checks import check_page, outline


@pytest.fixture
def both(rendered) -> tuple[str, str]:
    return tuple(
        rendered("html", engine).path.read_text(encoding="utf-8") for engine in ("embedded", "quarto")
    )


@pytest.mark.quarto
def test_both_renderers_show_the_same_headings_captions_references_numbers_and_tables(both):
    embedded, by_quarto = (asdict(outline(html)) for html in both)
    assert by_quarto == embedded


def visible_words(html: str) -> str:
    body = re.sub(r"<(script|style|annotation)\b.*?</\1>", " ", html, flags=re.DOTALL)
    body = re.sub(r"</?(?:span|a|em|strong|cite|sub|sup|code)\b[^>]*>", "", body)  # what parts no words
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.quarto
def test_both_renderers_show_the_same_words(both):
    embedded, by_quarto = (visible_words(html) for html in both)
    assert by_quarto == embedded


@pytest.mark.quarto
def test_both_renderers_print_every_fact_of_a_study(stage_with, tmp_path):
    study = {
        "design": "single_arm",
        "institution": "First Hospital",
        "investigators": ["A. Weiss", "B. Li"],
        "registry": {
            "id": "NCT00000000",
            "name": "Registry",
            "registered": "2024-01-31",
            "retrospective": True,
        },
        "period": {"start": "2024-01-01", "end": "2025-12-31"},
        "caveats": ["Twenty patients.", "One arm."],
        "ethics": "Approved, no. 7; committee of the hospital.",
        "funding": "None; synthetic data.",
        "contact": {"name": "The office", "email": "office@example.org"},
    }
    facts = study_facts(study)
    assert all(facts.values())
    text = "\n\n".join(f"- {key}: {{{{< meta {key} >}}}}" for key in facts)
    made = stage_with(f"---\ntitle: Facts\n---\n\n# Facts {{#sec-facts}}\n\n{text}\n", **facts)
    for engine in ("embedded", "quarto"):
        page = tmp_path / f"{engine}.html"
        render(made, to="html", output=page, engine=engine)
        words = visible_words(page.read_text(encoding="utf-8"))
        assert [key for key, value in facts.items() if value not in words] == [], engine


@pytest.mark.quarto
def test_quartos_page_is_fit_to_be_sent(both):
    assert check_page(both[1]) == []
    assert "quarto-embed-nb-cell" in both[1]
    assert not re.search(r'data-notebook="[^"]*/|data-notebook-cellid', both[1])


@pytest.mark.quarto
def test_both_renderers_write_the_same_words_into_word(rendered):
    def words(engine: str) -> list[str]:
        with zipfile.ZipFile(rendered("docx", engine).path) as archive:
            document = archive.read("word/document.xml").decode("utf-8")
        paragraphs = re.findall(r"<w:p>.*?</w:p>", document, re.DOTALL)
        texts = ("".join(re.findall(r"<(?:w|m):t[^>]*>([^<]*)<", paragraph)) for paragraph in paragraphs)
        return [" ".join(text.split()) for text in texts if text.strip()]

    assert words("quarto") == words("embedded")


@pytest.mark.quarto
def test_the_stage_renders_by_hand(stage, tmp_path):
    copy = tmp_path / "by-hand"
    shutil.copytree(stage, copy)
    prepare(copy)
    subprocess.run(
        ["quarto", "render", "index.qmd", "--to", "html"], cwd=copy, check=True, capture_output=True
    )
    found = outline((copy / "index.html").read_text(encoding="utf-8"))
    assert len(found.captions) == 9


@pytest.mark.quarto
def test_what_quarto_says_when_it_fails_is_passed_on(stage_with, tmp_path):
    stage = stage_with("---\ntitle: T\nfilters: [missing.lua]\n---\n\nText.\n")
    with pytest.raises(RenderError, match=r"(?s)quarto failed \(exit \d+\).*missing\.lua"):
        render(stage, to="html", output=tmp_path / "x.html", engine="quarto")


def test_without_quarto_the_embedded_renderer_serves(monkeypatch):
    monkeypatch.setattr(quarto, "version", lambda: None)
    assert choose_engine() == "embedded"
    with pytest.raises(RenderError, match=r"Quarto 1\.9 or newer is needed on PATH; found none"):
        choose_engine("quarto")


def test_an_old_quarto_is_not_used(monkeypatch):
    monkeypatch.setattr(quarto, "version", lambda: (1, 8, 27))
    assert choose_engine() == "embedded"
    with pytest.raises(RenderError, match=r"found 1\.8\.27"):
        choose_engine("quarto")


def test_quarto_that_does_not_end_is_stopped(stage, tmp_path, monkeypatch):
    program = tmp_path / "quarto"
    program.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(quarto, "LIMIT_SECONDS", 0.2)
    with pytest.raises(LimitReached, match="quarto took longer than the limit of"):
        quarto.render(stage, to="html", work=tmp_path / "work")
