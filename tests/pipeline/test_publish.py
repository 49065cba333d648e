"""What is published: pages, results and a manifest that tells the truth about them."""

import json
import re
import zipfile
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from html import unescape

import pytest

from pipeline import publish
from pipeline.project import Project, sha256
from pipeline.publish.first_screen import Results, finding_by_rule, first_screen, primary_estimate
from pipeline.render.checks import check_page, outline

REPORTS = ("interim", "final")
FORMATS = "html,docx,pdf"
NOT_CLEAR = {
    "than": "not clearly different from",
    "fared": "did not clearly change",
    "moved": "did not clearly change",
}
MADE = ("index.html", "results.csv", "summary.html", "summary.pdf", "supplement.html")


@pytest.fixture(scope="module")
def everything(auranofin, tmp_path_factory):
    """The final report in all formats, by the embedded renderer or by Quarto."""
    done = {}

    def get(engine="embedded"):
        if engine not in done:
            made = auranofin.copy(tmp_path_factory.mktemp(engine) / "work")
            words = ("--report", "final", "--to", FORMATS, "--renderer", engine)
            answer = made.study("render", "ra_auranofin", *words)
            assert answer.code == 0, answer.text
            done[engine] = made
        return done[engine]

    return get


def decimals(value: float, digits: int) -> str:
    """A number as it must be printed: half up, with a true minus sign."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return str(abs(rounded) if rounded.is_zero() else rounded).replace("-", "−")


def with_interval(numbers: dict, place: str, digits: int, scale: float = 1) -> str:
    low, high = (decimals(numbers[f"{place}.{name}"] * scale, digits) for name in ("conf_low", "conf_high"))
    return f"{decimals(numbers[f'{place}.estimate'] * scale, digits)} ({low} to {high})"


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("report", REPORTS)
def test_page_is_one_file_fit_to_be_sent(auranofin, report):
    page = auranofin.page("ra_auranofin", report)
    assert check_page(page) == []
    assert str(auranofin.root) not in page


@pytest.mark.parametrize("report", REPORTS)
def test_cover_names_study_report_and_state(auranofin, report):
    page = auranofin.page("ra_auranofin", report)
    words = re.sub(r"<[^>]+>", " ", page)
    assert "Auranofin in rheumatoid arthritis - patients’ self-assessment over five months" in words
    assert f"{report.capitalize()} report" in words
    assert "all data" in words


@pytest.mark.parametrize("name", ["index.html", "supplement.html", "summary.html"])
def test_every_number_of_the_prose_is_that_of_the_results(auranofin, name):
    numbers = auranofin.values("ra_auranofin", "final")
    told = dict(outline(auranofin.page("ra_auranofin", "final", name)).numbers)
    assert len(told) > 7 or name == "supplement.html"
    for ident, text in told.items():
        place, statistic = ident.rsplit(".", 1)
        if statistic in ("than", "fared", "moved"):
            clear = numbers[f"{place}.conf_low"] > 0  # more is better in this study, and nothing got worse
            assert text in (("better than", "improved", "rose") if clear else (NOT_CLEAR[statistic],))
            continue
        if statistic not in ("with_ci", "ci", "estimate"):
            whole = float(numbers[ident]).is_integer()  # a mean, which captions tell, is none
            assert text == decimals(numbers[ident], 0 if whole else max(1, digits_of(text)))
            continue
        share = ident.partition(".")[0] in ("improved", "difference_improved")
        said = re.fullmatch(r"(\S*?)(?: %| percentage points)? ?\(?(?:95 % CI (.+?)(?: %)?)?\)?", text)
        value, limits = said.groups()
        expected = with_interval(numbers, place, digits_of(value or limits.split()[0]), 100 if share else 1)
        assert (" %" in text.replace("95 %", "") or " percentage points" in text) is share
        for part in filter(None, (value, limits)):
            assert part in expected, (ident, text)


def digits_of(text: str) -> int:
    return len(text.partition(".")[2])


def lines_of(tables, head: str):
    """The lines of the table with this column: the arm, the visit as results name it, the cells by their heads."""
    table, arm = next(table for table in tables if head in table[0]), None
    for row in table[1:]:
        if len(row) == 1:
            arm = row[0].rsplit(": ", 1)[1].lower()
        else:
            yield arm, row[0].replace("Month ", "m"), dict(zip(table[0], row, strict=True))


def test_every_line_of_the_tables_of_change_is_that_of_the_results(auranofin):
    numbers = auranofin.values("ra_auranofin", "final")
    tables = outline(auranofin.page("ra_auranofin", "final", "supplement.html")).tables
    means = list(lines_of(tables, "Mean change (95 % CI)"))
    for arm, visit, cells in means:
        place = f"analysed.self_assessment.{visit}.{arm}"
        pairs, missing = (numbers[f"change_mean.{place}.{name}"] for name in ("n_pairs", "n_missing"))
        assert cells["Pairs (missing)"] == f"{pairs:.0f} ({missing:.0f})"
        change = cells["Mean change (95 % CI)"]
        assert change == with_interval(numbers, f"change_mean.{place}", digits_of(change.split(" ")[0]))
        assert cells["Improved, % (95 % CI)"] == with_interval(numbers, f"improved.{place}", 1, 100)
    ranks = [line for line in lines_of(tables, "Signed rank p") if line[1] != "Baseline"]
    for arm, visit, cells in ranks:
        place = f"analysed.self_assessment.{visit}.{arm}"
        shift = cells["Hodges-Lehmann (95 % CI)"]
        assert shift == with_interval(numbers, f"change_shift.{place}", digits_of(shift.split(" ")[0]))
        p = numbers[f"change_ranks.{place}.p_value"]
        assert cells["Signed rank p"] == ("<0.001" if p < 0.001 else decimals(p, 3))
    assert [line[:2] for line in means] == [line[:2] for line in ranks]
    assert len(means) == 6


def test_every_percentage_of_the_baseline_table_is_that_of_the_results(auranofin):
    numbers = auranofin.values("ra_auranofin", "final")
    tables = outline(auranofin.page("ra_auranofin", "final")).tables
    table = next(table for table in tables if table[0][0] == "Characteristic")
    codes = [row for row in table if row[0] in ("code 1", "code 2")]
    assert len(codes) == 2
    for code, *cells in codes:
        for group, cell in zip(("placebo", "auranofin", "all"), cells, strict=True):
            place = f"baseline.analysed.sex_code.{code.replace(' ', '_')}.{group}"
            count, share = (numbers[f"{place}.{name}"] for name in ("count", "proportion"))
            assert cell == f"{count:.0f} ({decimals(100 * share, 1)})"


# ---------------------------------------------------------------- results and manifest


@pytest.mark.parametrize("report", REPORTS)
def test_results_hold_one_unrounded_row_per_id(auranofin, report):
    from analysis.result_ids import COLUMNS

    rows = auranofin.results("ra_auranofin", report)
    lines = (auranofin.published("ra_auranofin", report) / "results.csv").read_text(encoding="utf-8")
    assert lines.splitlines()[0].split(",") == [*COLUMNS, "notebook"]
    assert len(lines.splitlines()) == len(rows) + 1
    stored = {}
    for file in (auranofin.built("ra_auranofin", report) / "results").glob("*.json"):
        for row in json.loads(file.read_text(encoding="utf-8")):
            stored[row["result_id"]] = (row["value"], file.stem)
    assert {name: (row["value"], row["notebook"]) for name, row in rows.items()} == stored
    assert {(row["study"], row["report"]) for row in rows.values()} == {("ra_auranofin", report)}


def test_every_number_of_people_says_how_many_it_rests_on(auranofin, root):
    built = [folder for folder in (root / "build").glob("*/*") if (folder / "results").is_dir()]
    for folder in [auranofin.built("ra_auranofin", report) for report in REPORTS] + built:
        rows = [
            row for file in (folder / "results").glob("*.json") for row in json.loads(file.read_text("utf-8"))
        ]
        told = [row for row in rows if row["value"] is not None and row["kind"] != "setting"]
        assert told and not [row["result_id"] for row in told if row["patients"] is None], folder


@pytest.mark.parametrize("report", REPORTS)
def test_manifest_hashes_are_those_of_the_files(auranofin, report):
    manifest, folder = auranofin.manifest("ra_auranofin", report), auranofin.published("ra_auranofin", report)
    assert manifest["outputs"] == {name: sha256(folder / name) for name in MADE}
    assert manifest["environment"] == sha256(auranofin.file("requirements.lock"))
    data = auranofin.built("ra_auranofin", report) / "data"
    assert set(manifest["datasets"]) == {file.stem for file in data.glob("*.parquet")}
    for name, described in manifest["datasets"].items():
        assert described["sha256"] == sha256(data / f"{name}.parquet")
    params = auranofin.file("params", "ra_auranofin")
    assert manifest["params"][f"{report}.yml"] == sha256(params / f"{report}.yml")
    assert manifest["params"]["study.yml"] == sha256(params / "study.yml")
    kept = manifest["files"]
    for name in ("src/analysis/rates.py", "notebooks/change.ipynb", f"reports/ra_auranofin/{report}.qmd"):
        assert kept[f"inputs/{name}"] == sha256(auranofin.file(*name.split("/")))
    assert manifest["notebooks"]["notebooks/change.ipynb"] == kept["inputs/notebooks/change.ipynb"]
    assert f"reports/ra_auranofin/{report}.qmd" in manifest["text"]
    assert set(manifest["code"]) == {"analysis", "studies", "pipeline"}
    assert len({*manifest["code"].values()}) == 3
    assert "src/pipeline/publish/__init__.py" in manifest["modules"]


def test_manifest_says_what_data_which_state_and_which_renderer(auranofin):
    manifest = auranofin.manifest("ra_auranofin", "interim")
    (source,) = manifest["data"]
    assert (source["path"], len(source["sha256"])) == ("multgee/arthritis", 64)
    assert (manifest["state"], manifest["data_cut"], manifest["study_id"]) == (
        "interim",
        "all data",
        "ra_auranofin",
    )
    assert manifest["renderer"].startswith("pandoc ")
    assert manifest["code_version"].startswith("code ")  # no git in this checkout


# ---------------------------------------------------------------- the other formats


def plain(text: str) -> str:
    """Letters, digits and points only: how words are kept together differs between formats."""
    return "".join(re.findall(r"[\w.]", unescape(text)))


def test_word_has_every_table_of_the_page_as_a_real_table(everything):
    made = everything()
    with zipfile.ZipFile(made.published("ra_auranofin", "final") / "report.docx") as archive:
        document = archive.read("word/document.xml").decode("utf-8")
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", document, re.DOTALL)
    of_page = outline(made.page("ra_auranofin", "final"))
    data_tables = [table for table in tables if "Heading" not in table and "<w:drawing>" not in table]
    assert len(data_tables) >= len(of_page.tables) > 1
    written = plain("".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", document)))
    for table in of_page.tables:
        assert all(plain("".join(row)) in written for row in table)
    assert len(pictures) >= len(of_page.alts) == 3


def test_a_pdf_is_published(everything):
    file = everything().published("ra_auranofin", "final") / "report.pdf"
    assert file.read_bytes().startswith(b"%PDF-")


def test_pdf_has_pages_with_the_captions(everything, pdf_pages):
    file = everything().published("ra_auranofin", "final") / "report.pdf"
    pages = pdf_pages(file, "-nodiag")  # without the mark across the page, whose letters stand between lines
    assert len(pages) >= 3
    text = re.sub(r"\s+", " ", " ".join(pages)).replace("\u00a0", " ")
    captions = outline(everything().page("ra_auranofin", "final")).captions
    assert len(captions) > 3
    assert [caption for caption in captions if caption.replace("\u00a0", " ") not in text] == []


def test_all_formats_stand_in_the_manifest_and_on_the_index_page(everything):
    made = everything()
    manifest = made.manifest("ra_auranofin", "final")
    assert set(manifest["outputs"]) == {
        *MADE,
        *("report.docx", "report.pdf", "supplement.docx", "supplement.pdf"),
    }
    index = made.file("reports", "_site", "index.html").read_text(encoding="utf-8")
    assert 'href="ra_auranofin/final/report.docx"' in index
    assert 'href="ra_auranofin/final/report.pdf"' in index


@pytest.mark.quarto
def test_quarto_and_the_embedded_renderer_publish_the_same_report(everything):
    by_quarto, embedded = (everything(engine) for engine in ("quarto", "embedded"))
    pages = [made.page("ra_auranofin", "final") for made in (by_quarto, embedded)]
    assert asdict(outline(pages[0])) == asdict(outline(pages[1]))
    assert by_quarto.values("ra_auranofin", "final") == embedded.values("ra_auranofin", "final")
    assert by_quarto.manifest("ra_auranofin", "final")["renderer"].startswith("quarto ")
    words = []
    for made in (by_quarto, embedded):
        with zipfile.ZipFile(made.published("ra_auranofin", "final") / "report.docx") as archive:
            document = archive.read("word/document.xml").decode("utf-8")
        text = " ".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", document))
        manifest = made.manifest("ra_auranofin", "final")  # each says its own run and its own day
        for own in (manifest["run"], manifest["rendered_at"][:10]):
            assert own in text
            text = text.replace(own, "")
        words.append(" ".join(re.sub(r"(quarto|pandoc) [\d.]+", "", text).split()))
    assert words[0] == words[1]


# ---------------------------------------------------------------- parts


def test_two_notebooks_cannot_publish_the_same_number(tmp_path):
    for name in ("baseline", "again"):
        row = {"result_id": "baseline.all.age.all.all.mean", "value": 50.0}
        (tmp_path / f"{name}.json").write_text(json.dumps([row]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"result baseline\.\S+ is published by again and by baseline"):
        publish.collected_results(tmp_path.glob("*.json"))
    (tmp_path / "baseline.json").unlink()
    rows = [
        {"result_id": "harm.all.nausea.all.all.count", "variable": term} for term in ("Nausea", "nausea ")
    ]
    (tmp_path / "again.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(ValueError, match=r"'Nausea' and 'nausea ' become the same result"):
        publish.collected_results(tmp_path.glob("*.json"))


def test_results_as_csv_keep_every_digit_and_leave_missing_empty():
    row = {"result_id": "a", "value": 0.1 + 0.2, "note": 'says "so", twice', "notebook": "n"}
    assert publish.as_csv([row, {"result_id": "b", "value": None}]).splitlines()[1:] == [
        'a,,,,,,,,,0.30000000000000004,,,,,"says ""so"", twice",,,,,n',
        "b" + "," * 19,
    ]


def test_index_of_nothing_is_a_page_that_says_so(tmp_path):
    publish.index(Project(tmp_path), tmp_path / "index.html")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<html" in page
    assert 'href="ra_' not in page


@pytest.mark.parametrize(
    ("better", "finding"), [(False, "Nails, Month 12: B was {{< var"), (None, "A trial")]
)
def test_the_difference_of_a_yes_no_endpoint_leads_the_first_screen(better, finding):
    endpoint = {"id": "nails", "label": "Nails", "role": "primary", "higher_is_better": better}
    study = {
        "title": "A trial",
        "design": "randomised",
        "responses": [],
        "endpoints": [endpoint],
        "variables": {},
        "visits": [{"id": "M12", "label": "Month 12"}],
        "groups": {"order": ["a", "b"], "labels": {"a": "A", "b": "B"}},
    }
    name = "difference_share.all.nails.m12.b.estimate"
    row = {"analysis": "difference_share", "statistic": "estimate", "variable": "nails", "value": -0.06}
    results = Results({name: {**row, "unit": "proportion"}}, {})
    assert primary_estimate({"study": study, "analysis": {"headline": {"numbers": []}}}, results) == name
    assert finding_by_rule(study, name, results).startswith(finding)  # nobody is better without a direction


@pytest.mark.parametrize(
    ("low", "title"),
    [(None, "Not known: Pain, Week 4"), (-2.0, "Pain {{< var change.all.pain.w4.all.moved >}}")],
)
def test_a_title_says_no_direction_that_no_interval_tells(low, title):
    study = {
        "title": "A trial",
        "design": "single_arm",
        "responses": [],
        "endpoints": [{"id": "pain", "label": "Pain", "role": "secondary"}],
        "visits": [{"id": "w4", "label": "Week 4"}],
    }
    headline = {"finding": "Pain {{< var change.all.pain.w4.all.moved >}}", "numbers": [], "certainty": []}
    content = {
        "study": study,
        "analysis": {
            "report": "final",
            "headline": {**headline, "caution": "", "figure": "", "figure_finding": ""},
        },
    }
    known = {"analysis": "change", "statistic": "estimate", "variable": "pain"}
    rows = [
        {**known, "result_id": f"change.all.pain.w4.all.{name}", "value": value}
        for name, value in (("estimate", -3.0), ("conf_low", low))
    ]
    assert first_screen(content, rows, {}).split("\n")[1] == title
