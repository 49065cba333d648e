"""The PDF: what stands on its pages."""

import re

import pytest

ENGINES = ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]


@pytest.fixture(params=ENGINES)
def pages(request, rendered, pdf_pages) -> list[str]:
    return pdf_pages(rendered("pdf", request.param).path)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pdf_is_made(rendered, engine):
    content = rendered("pdf", engine).path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) < 5_000_000


def test_cover_names_study_registry_and_state(pages):
    for text in ("Abatacept in refractory dermatomyositis", "NCT04946669", "风湿免疫科", "data not locked"):
        assert text in pages[0]


def test_running_header_and_page_numbers(pages):
    assert len(pages) > 2
    for place, text in enumerate(pages[1:], 2):
        assert "NCT04946669" in text.splitlines()[0]
        assert f"Page {place} of {len(pages)}" in text


def test_captions_and_references(pages):
    text = re.sub(r"\s+", " ", " ".join(pages))
    assert "Table 1: Baseline characteristics, n = 20" in text
    assert "Figure 1: Mean CDAI by visit, n = 18" in text
    assert "as Table 2 and Figure 1 show" in text
    assert "described in Section 2" in text
    assert "?@" not in text


def test_conditional_content(pages):
    text = " ".join(pages)
    assert "This is an interim look" in text
    assert "This copy can be edited" not in text
