"""Numbers of a Word manuscript: filled anew in a document that somebody has edited and Word has saved."""

import pytest

from pipeline.papers.fields import W, refill
from pipeline.project import UserError
from pipeline.render.word.parts import FIELD, pack, unpack

IGNORABLE = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
)
CODE = 'DOCPROPERTY "result:flow.all.enrolled.all.all.n"'
OTHER = 'DOCPROPERTY  "result:gone.n"  \\* MERGEFORMAT'
CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="result:flow.all.enrolled.all.all.n">'
    "<vt:lpwstr>20</vt:lpwstr></property></Properties>"
)


def document(*bodies: str) -> bytes:
    """A document as Word saves it, with these runs in a paragraph each."""
    paragraphs = "".join(f"<w:p>{body}</w:p>" for body in bodies)
    text = f'<?xml version="1.0"?><w:document xmlns:w="{W}" {IGNORABLE}><w:body>{paragraphs}</w:body></w:document>'
    return pack({"word/document.xml": text, "docProps/custom.xml": CUSTOM})


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def told(names):
    return {"flow": {"all": {"enrolled": {"all": {"all": {"n": '[25]{.result data-id="x"}'}}}}}}


def test_a_number_is_new_and_what_an_author_wrote_stays(tmp_path):
    file = tmp_path / "edited.docx"
    file.write_bytes(
        document(run("We, the authors, enrolled ") + FIELD.format(code=CODE, text="20") + run(" people."))
    )
    done = refill(file, told)
    assert (done.numbers, done.changed, done.lost) == (1, 1, ())
    made = unpack(file.read_bytes())
    text = made["word/document.xml"].decode("utf-8")
    assert "We, the authors, enrolled " in text and ">25<" in text and ">20<" not in text
    assert (
        IGNORABLE.split(" mc:")[0].split()[1] in text
    )  # a namespace that Word is told to ignore is declared
    assert ">25<" in made["docProps/custom.xml"].decode("utf-8")
    assert refill(file, told).changed == 0


def test_a_number_in_several_runs_is_one_and_a_simple_field_counts(tmp_path):
    torn = FIELD.format(code=CODE, text="2").replace("<w:r><w:t>2</w:t></w:r>", run("2") + run("0"))
    simple = f"<w:fldSimple w:instr='{CODE}'>{run('20')}</w:fldSimple>"
    file = tmp_path / "torn.docx"
    file.write_bytes(document(torn, simple))
    assert refill(file, told).changed == 2
    assert unpack(file.read_bytes())["word/document.xml"].count(b">25<") == 2


def test_a_result_that_is_no_more_is_told_and_its_number_left(tmp_path):
    file = tmp_path / "lost.docx"
    file.write_bytes(document(FIELD.format(code=OTHER, text="7")))
    before = file.read_bytes()
    assert refill(file, told).lost == ("gone.n",)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no zip", "no Word document"), (document(run("No numbers.")), "holds no number of a result")],
)
def test_what_is_no_manuscript_is_told(tmp_path, content, said):
    file = tmp_path / "other.docx"
    file.write_bytes(content)
    with pytest.raises(UserError, match=said):
        refill(file, told)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match="no Word document"):
        refill(tmp_path / "none.docx", told)
