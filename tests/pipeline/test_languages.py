"""Every text in every language: nothing untranslated or unused, the same places, and the same numbers."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from chinese import known, texts_of_page

from analysis import numbers, paired
from analysis.language import (
    ENGLISH,
    FOLDER,
    current,
    languages,
    listed,
    messages,
    speaking,
    tr,
    trn,
    with_unit,
)
from analysis.tables.frames import frame_table
from analysis.tables.table import Table
from pipeline import catalogue
from pipeline.project import Project
from pipeline.texts import captions, in_language, language_metadata, marked, prose, texts_of

HAN = "\u4e00-\u9fff"
STUDIES = ("dm_abatacept", "ra_cohort", "ra_auranofin")
OTHERS = [name for name in languages() if name != ENGLISH]


@pytest.fixture(scope="module")
def root():
    return Project.find().root


@pytest.fixture(scope="module")
def texts(root):
    return catalogue.project_texts(root)


@pytest.fixture(scope="module", params=OTHERS)
def told(request, root):
    files = [
        FOLDER / f"{request.param}.po",
        *(root / f"params/{name}/{request.param}.po" for name in STUDIES),
    ]
    return [catalogue.told(catalogue.read_catalogue(file)) for file in files]


def test_everything_is_translated_and_nothing_stands_unused(texts, told):
    missing = [f"{text.places[0]}: {text.english[:80]}" for key, text in texts.items() if key not in told[0]]
    unused = [english for english, _ in told[0].keys() - texts.keys()]
    assert (missing, unused) == ([], []), (
        "run `study texts`, translate what it lists, and delete nothing by hand"
    )


@pytest.mark.parametrize("study", STUDIES)
def test_words_of_the_built_in_studies_are_translated(study, root, texts, told):
    found = {key: text for key, text in catalogue.study_own_texts(root, study).items() if key not in texts}
    own = told[1 + STUDIES.index(study)]
    assert [key[0] for key in found if key not in own] == []
    assert [key[0] for key in own if key not in found] == []


def test_a_message_has_the_same_places_in_every_language(told):
    other = [
        (english, form)
        for catalogue_of in told
        for (english, _), forms in catalogue_of.items()
        for form in forms
        if set(catalogue.slots(english)) != set(catalogue.slots(form))
    ]
    assert other == []


def test_chinese_has_its_own_punctuation_and_no_blanks_between_its_characters(told):
    forms = [form for catalogue_of in told for forms in catalogue_of.values() for form in forms]
    wrong = [
        form
        for form in forms
        if re.search(
            rf"[{HAN}][,;:?!()][{HAN}]|[{HAN}] +[{HAN}]|[{HAN}] +\d|\d %|\d~\d|[{HAN}][\"']|[\"'][{HAN}]",
            form,
        )
    ]
    assert wrong == []


def test_words_that_the_field_has_settled_are_used(told):
    """The decisions of the glossary, by the words that are not to be used."""
    forms = " ".join(form for catalogue_of in told for forms in catalogue_of.values() for form in forms)
    assert not re.findall("中期|可信区间|插补|类风湿性关节炎|显著差异|差异显著|依从性良好率", forms)


PARTS = (ast.Call, ast.keyword, ast.Dict)
PLACES = {
    "analysis",
    "population",
    "variable",
    "visit",
    "group",
    "statistic",
    "kind",
    "unit",
}  # parts of results


@pytest.fixture(scope="module")
def code(root):
    """Calls, keywords and dictionaries of the package and the notebooks, with their files."""
    found = []
    for file in sorted([*(root / "src").rglob("*.py"), *(root / "notebooks").glob("*.ipynb")]):
        text = file.read_text(encoding="utf-8")
        cells = (
            json.loads(text)["cells"] if file.suffix == ".ipynb" else [{"cell_type": "code", "source": text}]
        )
        for cell in cells:
            if cell["cell_type"] == "code":
                tree = ast.parse("".join(cell["source"]))
                found += [(file, node) for node in ast.walk(tree) if isinstance(node, PARTS)]
    return found


def test_no_part_of_a_result_is_a_text_in_the_language_of_the_report(code):
    """Results are named in English; who reads them looks for that name."""
    makers = {"rows_of", "rows_from", "not_estimated"}
    named = [
        f"{file.name}:{call.lineno}"
        for file, call in code
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in makers
        for word in call.keywords
        if word.arg in PLACES
        and any(isinstance(inner, ast.Name) and inner.id in ("tr", "trn") for inner in ast.walk(word.value))
    ]
    assert named == []


def test_a_reason_is_one_message_and_tells_columns_visits_and_groups_by_their_names(code):
    """Why the data cannot give an estimate stands in a table: in the report's language, and with no id in it."""
    reasons = [
        (f"{file.name}:{call.lineno}", call)
        for file, call in code
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "NotEstimable"
    ]
    assert len(reasons) > 60
    assert [place for place, call in reasons if not isinstance(call.args[0], ast.Constant)] == []
    ids = [
        f"{place} {word.arg}"
        for place, call in reasons
        for word in call.keywords
        if word.arg in ("name", "names", "visits", "lost", "exposure")
        and "named(" not in ast.unparse(word.value)
    ]
    assert ids == []


def test_no_method_is_built_from_pieces(code):
    """A method stands in the results table and in notes: one message with places, so that it can be translated."""
    built = [
        f"{file.name}:{said.lineno} {ast.unparse(said)[:80]}"
        for file, node in code
        if {"analysis", "studies"} & set(file.parts)
        for said in _methods(node)
        if any(isinstance(inner, ast.JoinedStr | ast.BinOp) for inner in _outside(said))
        and any(" " in text and re.search("[a-z]{3}|^[;,.:] $", text) for text in _strings(said))
    ]
    assert built == []


def from_pieces(node):
    """Whether a message is lengthened by a word or bent: what another language does with it, its catalogue says."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        ends = [node.left, node.right]
        return any(map(_is_message, ends)) and any(
            re.search("[A-Za-z]", text) for end in ends for text in _bare(end)
        )
    if isinstance(node, ast.JoinedStr):
        return any(_beside(*pair) for pair in pairwise(node.values))
    bends = isinstance(node, ast.Attribute) and node.attr in ("lower", "upper", "title", "capitalize")
    return bends and _is_message(node.value)


def _beside(first, second):
    """Whether a message stands beside punctuation that a language has its own signs for, as Chinese has."""
    if isinstance(first, ast.FormattedValue) and isinstance(second, ast.Constant):
        return _is_message(first.value) and re.match(r"\s*[(;:]", second.value)
    if isinstance(first, ast.Constant) and isinstance(second, ast.FormattedValue):
        return _is_message(second.value) and re.search(r"(?<!\n)[(;:]\s*$", first.value)
    return False


def _is_message(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "trn")


def _bare(node):
    """The words of a text that stands as it is, whole or with places."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]  # noqa: PD011 - of a syntax tree
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def test_no_message_is_lengthened_or_bent(root):
    files = [
        file for top in ("analysis", "studies", "pipeline") for file in (root / "src" / top).rglob("*.py")
    ]
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    found = [
        f"{file.name}:{node.lineno}" for file in trees for node in ast.walk(trees[file]) if from_pieces(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'tr("patient") + "s"',
        'f"{n} of " + tr("patients")',
        'tr("Group").lower()',
        'f"{tr(name)} ({n})"',
        'f"{method}; {tr(what)}"',
    ],
)
def test_a_message_of_pieces_is_seen(code):
    assert any(map(from_pieces, ast.walk(ast.parse(code))))


def is_read(node):
    """Whether code looks into a text that is shown, which is another one in another language."""
    looks = (
        "startswith",
        "endswith",
        "removeprefix",
        "removesuffix",
        "partition",
        "index",
        "find",
        "contains",
    )
    if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in looks:
        return False
    return any(re.match("[A-Z][a-z]+ [a-z]", text) for given in node.args for text in _bare(given))


def test_no_text_that_is_shown_is_read(code):
    assert [f"{file.name}:{node.lineno}" for file, node in code if is_read(node)] == []
    assert is_read(ast.parse('row["group"].startswith("Mean change")', mode="eval").body)


def _outside(node):
    """What is not inside the call of a message."""
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "trn")):
        yield node
        for inner in ast.iter_child_nodes(node):
            yield from _outside(inner)


def _strings(node):
    return (
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    )


def _methods(node):
    """What is given as a `method`: by keyword, or in a dictionary."""
    if isinstance(node, ast.keyword) and node.arg == "method":
        yield node.value
    if isinstance(node, ast.Dict):
        yield from (
            value
            for key, value in zip(node.keys, node.values, strict=True)
            if getattr(key, "value", None) == "method"
        )


def test_english_is_what_stands_in_the_code():
    assert current() == ENGLISH
    assert tr("{n} of {total}", n=9, total=20) == "9 of 20"
    assert trn("{n} patient", "{n} patients", 1) == "1 patient"


def test_lists_units_and_intervals_follow_the_language():
    with speaking("zh"):
        assert listed(["ACR20", "ACR50", "ACR70"]) == "ACR20、ACR50和ACR70"
        assert with_unit("CRP", "mg/L") == "CRP（mg/L）"
        assert numbers.interval(-7.25, -1.0, 1) == "−7.3～−1.0"
        assert numbers.percent(0.45) == "45.0%"
        assert numbers.level(0.95) == "95%CI"
        assert trn("{n} patient", "{n} patients", 17) == "17例受试者"
    for people, said in (("patients", "17例患者"), ("participants", "17例参与者")):
        with speaking("zh", people=people):
            assert trn("{n} patient", "{n} patients", 17) == said
            assert tr("受试者王某的遗嘱") == "受试者王某的遗嘱"  # the user's words stay
    with speaking("en", people="participants"):
        assert tr("Subjects, n (%)") == "Participants, n (%)"
        assert tr("Patients of Dr Wang, subject to audit") == "Patients of Dr Wang, subject to audit"
    assert numbers.interval(-7.25, -1.0, 1) == "−7.3 to −1.0"


# What a level stands for by itself: limits that are called so, and what a registered plan said beforehand.
OF_ITS_OWN = ("95 % limits of agreement", "the 95 % interval of a rate near one half is on average")


def test_whoever_is_counted_is_called_as_the_study_does():
    counted = re.compile(r"\{\w+\} (?:patient|subject)s?\b")
    found = [text for text in messages() if counted.search(text)]
    assert len(found) > 15
    with speaking(ENGLISH, people="participants"):
        assert [text for text in found if counted.search(tr(text))] == []


def test_no_text_of_a_report_speaks_of_subjects(root):
    files = [*(root / "reports").glob("*.qmd"), *(root / "reports" / "_parts").glob("*.qmd")]
    files += [file for name in STUDIES for file in (root / "reports" / name).glob("*.qmd")]
    said = {file.name: re.findall(r"\b[Ss]ubjects?\b", file.read_text(encoding="utf-8")) for file in files}
    assert len(said) > 20
    assert {name: found for name, found in said.items() if found} == {}


def test_no_source_is_named_in_brackets_within_brackets(root):
    inside = re.compile(r"\([^()]*\[-?@[^()]*\)")
    files = [*(root / "reports" / "_parts").glob("*.qmd")]
    files += [file for name in STUDIES for file in (root / "reports" / name).glob("*.qmd")]
    texts = {file.name: re.sub(r"\{\{<.*?>\}\}", "", file.read_text(encoding="utf-8")) for file in files}
    assert {name: found for name, text in texts.items() if (found := inside.findall(text))} == {}


def test_no_text_says_the_confidence_level_that_a_study_sets(texts):
    found = [
        english for english, _ in texts if re.search(r"\b9[059](\.\d)? ?% (CI|confidence|interval)", english)
    ]
    assert [english for english in found if not any(own in english for own in OF_ITS_OWN)] == []


def test_an_interval_is_called_by_the_level_of_the_study():
    heads = pd.DataFrame(
        {"Change ({CI})": ["−5.0 (−7.0 to −3.0)"]}, index=pd.Index(["Week 24"], name="Visit")
    )
    with speaking("en", level=0.9):
        assert "Change (90 % CI)" in Table(heads).html()
    with speaking("zh", level=0.9):
        assert "90%CI" in Table(heads).html()
    assert "Change (CI)" in Table(heads).html()  # where nobody says the level, no level is told


def test_results_are_the_same_numbers_in_every_language():
    before, after = pd.Series([5.0, 6, 7, 9, 4]), pd.Series([4.0, 6, 3, 8, 5])

    def found():
        mean = paired.compare_means(before, after, confidence_level=0.95)
        ranks = paired.compare_ranks(before, after, zeros="pratt")
        return [mean.estimate, mean.conf_low, mean.conf_high, mean.p_value, ranks.p_value], mean.method

    values, method = found()
    with speaking("zh"):
        other, said = found()
    assert values == other
    assert method != said


def test_a_listing_of_patients_is_one_in_every_language():
    frame = pd.DataFrame({"subject_id": ["DM-09"], "reason": ["not recorded"]})
    with speaking("zh"):
        table = frame_table(frame)
        shown = table.html()
    assert table.per_patient
    assert "受试者" in shown
    assert "DM-09" in shown
    assert "Subject" not in shown


def test_data_are_never_translated():
    frame = pd.DataFrame({"pt": ["Infection"], "serious": [True]})
    with speaking("zh"):
        shown = frame_table(pd.DataFrame({"n": [1]}).assign(pt=frame["pt"])).html()
    assert "Infection" in shown


def test_prose_keeps_its_structure_and_its_numbers(root):
    for file in sorted((root / "reports").rglob("*.qmd")):
        if "_site" in file.parts:
            continue
        source = file.read_text(encoding="utf-8")
        with speaking("zh"):
            shown = prose(source)
        for pattern in (r"\{\{<.*?>\}\}", r"\{#[\w-]+", r"@[{]?([A-Za-z][A-Za-z0-9_-]*)", r"^#+ ", r"^:::"):
            before, after = (
                sorted(re.findall(pattern, text, re.M)) for text in (" ".join(source.split(" ")), shown)
            )
            assert before == after, (file.name, pattern)


def test_a_page_in_english_is_not_touched(root):
    assert language_metadata() == {}
    assert in_language({"title": "A study"}, ENGLISH) == {"title": "A study"}
    assert marked("⟦Contents⟧") == "Contents"


def test_names_in_a_study_file_are_never_translated():
    content = {
        "id": "x",
        "visits": [{"id": "W00", "label": "Baseline"}],
        "tables": {"subjects": [{"label": "Baseline"}]},
    }
    shown = in_language(content, "zh")
    assert shown["visits"] == [{"id": "W00", "label": "基线"}]
    assert shown["tables"] == content["tables"]


def test_captions_of_notebooks_are_translated_in_a_copy():
    cell = {
        "cell_type": "code",
        "source": "#| label: tbl-flow\n#| tbl-cap: Numbers in the flow diagram\nshow()",
    }
    notebook = {"cells": [cell]}
    with speaking("zh"):
        shown = captions(notebook)
    assert "流程图中的数字" in json.dumps(shown, ensure_ascii=False)
    assert notebook == {"cells": [cell]}


def test_texts_of_a_page_are_whole():
    page = (
        '---\ntitle: "A title"\n---\n\n# Head {#sec-a}\n\nOne line\nand the next.\n\n- an item\n  goes on\n\n'
    )
    page += "| a | b |\n|:--|:--|\n| c | d |\n\n: Words {#tbl-x}\n"
    assert texts_of(page) == [
        "A title",
        "Head",
        "One line and the next.",
        "an item goes on",
        "a",
        "b",
        "c",
        "d",
        "Words",
    ]


def test_no_english_stands_bare_in_the_pages_of_paper():
    from importlib import resources

    files = (resources.files("pipeline.render") / "assets").iterdir()
    pages = {file.name: file.read_text(encoding="utf-8") for file in files if file.name.endswith(".typ")}
    bare = re.compile(r"\[(?!⟦)[A-Za-z]{3,} [^\[\]]*\]")
    assert {name: bare.findall(page) for name, page in pages.items() if bare.search(page)} == {}
    assert bare.search("if cut != none [data cut #cut]")


def test_a_report_that_is_not_english_cites_by_numbers_in_the_language_of_the_paper(tmp_path, root):
    import subprocess

    from pipeline.render.embedded import pandoc_path
    from pipeline.render.style import asset
    from pipeline.texts import report_language_metadata

    assert report_language_metadata() == {}
    with speaking("zh"):
        given = report_language_metadata()
    style = tmp_path / Path(given["csl"]).name
    style.write_text(asset(style.name), encoding="utf-8")
    (tmp_path / "a.md").write_text("难治性[@nagy2021; @holm1979]。", encoding="utf-8")
    library = root / "reports" / "references.bib"
    command = [pandoc_path(), "a.md", "--citeproc", "--csl", str(style), "--bibliography", str(library)]
    made = subprocess.run(
        [*command, "-M", f"lang={given['lang']}", "-t", "plain"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    ).stdout.decode("utf-8")
    assert "[1,2]" in made
    assert " et al. EULAR definition of difficult-to-treat rheumatoid" in " ".join(made.split())
    assert not {"《", "等", "年", "～"} & set(made)


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there is no language 'xx'; there are en"), speaking("xx"):
        pass


def test_no_note_of_a_notebook_is_written_from_pieces(root):
    """A text with a value in it is one message with a place for the value: as an f-string it would stay English."""
    found = []
    for file in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"]) if cell["cell_type"] == "code" else ""
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.JoinedStr):
                    words = re.sub(r"\{[^{}]*\}", "", ast.unparse(node))
                    if re.search(r"[A-Za-z]{2,} [a-z]{2,}|[,;] [a-z]{2,}", words):
                        found.append(f"{file.stem}: {words}")
    assert found == []


def test_figures_show_their_texts_in_the_language_of_the_report():
    from matplotlib.figure import Figure

    from analysis.figures.drawn import Drawn

    figure = Figure()
    texts = [figure.text(0.5, 0.5, "Kept"), figure.text(0.5, 0.5, "not in any catalogue")]
    with speaking("zh"):
        kept = tr("Patient")
        texts[0].set_text("Patient")
        Drawn(figure, "").png()
    assert [text.get_text() for text in texts] == [kept, "not in any catalogue"]
    assert kept != "Patient"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("缺失：missing at both visits", ["missing at both visits"]),  # a note that nobody marked
        ("<td>moderate</td>", ["moderate"]),  # a key of the catalogue that nobody looked up
        ('<img alt="均数，all: 第0周">', ["all"]),
        ("甲氨蝶呤，methotrexate", ["methotrexate"]),  # as the program's dictionary names it
        ("<td>Hypertension</td>", []),  # a coded term in the data, though a message reads the same
        ("DAS28-CRP 2.9，Hodges-Lehmann估计，src/analysis/look.py，mg/day", []),
        ("van der Heijde D. J Rheumatol 2000;27:261-3", []),  # a citation of the registry
        ("<code>not a text</code>", []),
    ],
)
def test_english_on_a_chinese_page_is_seen_unless_its_source_accounts_for_it(text, left):
    tables = {"adverse_events": pd.DataFrame({"pt": ["Hypertension"], "drug": ["methotrexate"]})}
    names = known("ra_cohort", tables, [])
    assert [run for _, part in texts_of_page(text) for run in names.left(part)] == left


def test_a_term_of_the_data_is_said_by_the_study_alone(tmp_path):
    own = tmp_path / "zh.po"
    own.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "term of the data"\nmsgid "Nausea"\nmsgstr "恶心"\n',
        encoding="utf-8",
    )
    events = pd.DataFrame({"pt": ["Nausea", "Hepatitis B reactivation"], "n": [1, 2]})
    with speaking("zh", own):
        assert list(frame_table(events).body.index) == ["恶心", "Hepatitis B reactivation"]
    assert list(frame_table(events).body.index) == ["Nausea", "Hepatitis B reactivation"]


def test_no_notebook_joins_two_texts_by_a_colon_of_its_own(root):
    """In Chinese it is a wide one: a message says so, a string that is put together does not."""
    joined = re.compile(r"f\\?\"\{[^{}]+\}: \{[^{}]+\}\\?\"")
    books = sorted((root / "notebooks").glob("*.ipynb"))
    assert books and [book.name for book in books if joined.search(book.read_text(encoding="utf-8"))] == []
