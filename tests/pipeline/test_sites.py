"""Reports of sites: they add up to the report of all, each is alone, and of the others it has a range without names."""

import html
import re
import zipfile
from collections import Counter
from statistics import mean

import pandas as pd
import pytest
import yaml
from checkout import made_once, rendered
from site_study import NAMED, PATIENTS, of_sites, people

from analysis import read
from analysis.study import StudyFileError
from pipeline.others import FEW_PATIENTS, FEW_SITES, ranges, told_of_site
from pipeline.project import Project
from pipeline.publish.disclosure import of_others
from pipeline.runs.verify import find_run, problems_of
from pipeline.share.page import pieces_of

CHINESE = "北京大学第三医院"
OF_OURS = "Clinic E, data as on paper; clinical d; Hospital E of the northern part"
REPORTED = [site for site, n in PATIENTS.items() if n >= 2]
MEAN = "tiny.all.people.all.all.mean"


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """The study of several sites, its final reports rendered: that of all and seven of sites."""
    with made_once(tmp_path_factory, "sites") as (folder, fresh):
        return rendered(folder, fresh, lambda place: _moved(place), "--report", "final")


def _moved(place):
    made = of_sites(place.parent / "laid-out")
    made.root.rename(place)
    return type(made)(place)


def ages(site: str) -> list[int]:
    """The ages of the patients of a site, as they were written into the export."""
    return [age for _, where, age in people() if where == site]


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub("<[^>]+>", "", page)).split())


def of_site(site: str) -> str:
    """The name of its report."""
    return f"final/sites/{site}"


def test_the_sites_add_up_to_the_report_of_all_and_nobody_is_dropped(sites):
    on_record = {site: sites.values("tiny", of_site(site))["site.all.on_record.all.all.n"] for site in NAMED}
    assert on_record == {site: len(ages(site)) for site in NAMED}
    told = sites.manifest("tiny", "final")["sites"]
    assert told == {**on_record, "": 1}
    assert sum(told.values()) == sites.values("tiny", "final")["tiny.all.people.all.all.n"] == len(people())
    log = pd.read_parquet(sites.built("tiny", "final") / "data" / "queries.parquet")
    assert log.loc[log["rule_id"].eq("K11"), "subject_id"].tolist() == [people()[-1][0]]


@pytest.mark.parametrize("name", ["subjects", "populations", "accounting", "sources", "queries", "flow"])
def test_every_row_of_a_dataset_is_in_that_of_one_site_or_of_nobodys(sites, name):
    def read_of(place):
        return pd.read_parquet(sites.built("tiny", place) / "data" / f"{name}.parquet")

    whole, parts = read_of("final"), {site: read_of(of_site(site)) for site in NAMED}
    lost = people()[-1][0]
    if "subject_id" in whole:
        ids = [ident for part in parts.values() for ident in part["subject_id"]]
        assert Counter([*ids, *whole.loc[whole["subject_id"].eq(lost), "subject_id"]]) == Counter(
            whole["subject_id"]
        )
    elif name == "flow":
        entered = {
            site: part.set_index("box")["n"].get("enrolled", 0) for site, part in parts.items() if len(part)
        }
        assert entered == {site: len(ages(site)) for site in REPORTED}
    else:
        counted = "rows" if name == "sources" else "n"
        kept = whole if name == "sources" else whole[whole["kind"].eq("read")]
        of_parts = [part if name == "sources" else part[part["kind"].eq("read")] for part in parts.values()]
        assert sum(part[counted].sum() for part in of_parts) + 1 == kept[counted].sum()


@pytest.mark.parametrize("site", REPORTED)
def test_the_range_is_that_of_the_other_sites_with_enough_patients(sites, site):
    others = [mean(ages(other)) for other in REPORTED if other != site]
    rows = sites.values("tiny", of_site(site))
    assert rows[MEAN] == pytest.approx(mean(ages(site)))
    ends = [rows[f"others_{which}_{MEAN}"] for which in ("least", "most")]
    assert ends == pytest.approx([min(others), max(others)])
    note = sites.results("tiny", of_site(site))[f"others_least_{MEAN}"]["note"]
    assert note == f"lowest and highest of {len(others)} other sites"


@pytest.mark.parametrize("site", NAMED)
def test_a_report_says_which_site_it_is_and_names_no_other(sites, site):
    own = {site, NAMED[site]}
    folder = sites.published("tiny", of_site(site))
    texts = {
        file.name: file.read_text("utf-8", errors="replace")
        for file in folder.glob("*")
        if file.suffix != ".pdf"
    }
    for name in ("index.html", "summary.html", "manifest.json"):
        assert NAMED[site] in texts[name]
    title = re.search("<title>(.*?)</title>", texts["index.html"], re.DOTALL)[1]
    assert NAMED[site] in title
    strange = {word for other in NAMED for word in (other, NAMED[other]) if len(word) > 5} - own - {"single"}
    assert not [(name, word) for name, text in texts.items() for word in strange if word in text]
    ids = {ident for ident, where, _ in people() if where != site}
    assert not [(name, ident) for name, text in texts.items() for ident in ids if ident in text]


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("single", "House of One has 1 participant on record."),
        ("empty", "House of None has no participants on record yet."),
    ],
)
def test_a_site_with_one_patient_or_none_says_so_and_has_no_numbers(sites, site, said):
    page = text_of(sites.page("tiny", of_site(site)))
    assert said in page
    assert "Too few participants for a report with numbers: it begins with 2." in page
    assert {name.split(".")[0] for name in sites.values("tiny", of_site(site))} == {"site"}


def test_they_are_listed_kept_verified_and_shared(sites, tmp_path):
    index = (sites.root / "reports" / "_site" / "index.html").read_text("utf-8")
    assert "7 reports of sites" in index
    assert "1 patient without a site" in index
    assert f'href="tiny/final/sites/{CHINESE}/index.html"' in index
    run = find_run(Project(sites.root), f"tiny/{of_site(CHINESE)}")
    assert problems_of(run) == []
    kept = {file.name for file in (run / "data").iterdir()}
    assert "subjects.parquet" in kept
    assert not {"fates.parquet", "subjects_as_read.parquet"} & kept
    shared = sites.study(
        "share", "tiny", "--site", CHINESE, "--policy", "team", "--to", str(tmp_path / "out")
    )
    assert shared.code == 0, shared.text
    assert NAMED[CHINESE] in (tmp_path / "out" / f"tiny-final-sites-{CHINESE}-team.html").read_text("utf-8")


def test_a_report_of_all_made_again_leaves_those_of_the_sites_in_their_place(sites, tmp_path):
    made = sites.copy(tmp_path / "work")
    before = made.manifest("tiny", of_site("north"))
    made.edit("reports/tiny/final.qmd", "There were", "On record were")
    answer = made.study("render", "tiny", "--report", "final", "--no-sites", "--renderer", "embedded")
    assert answer.code == 0, answer.text
    assert "On record were" in made.page("tiny", "final")
    assert made.manifest("tiny", of_site("north")) == before


def test_one_site_in_chinese_on_paper_and_in_word(sites, tmp_path, pdf_pages):
    made = sites.copy(tmp_path / "work")
    words = ("--report", "final", "--lang", "zh", "--site", CHINESE, "--to", "html,docx,pdf")
    answer = made.study("render", "tiny", *words, "--renderer", "embedded")
    assert answer.code == 0, answer.text
    place = f"final-zh/sites/{CHINESE}"
    assert [folder.name for folder in made.published("tiny", "final-zh/sites").iterdir()] == [CHINESE]
    folder, said = made.published("tiny", place), f"{CHINESE} 有 6 例在册患者。"
    assert said in text_of(made.page("tiny", place))
    assert "本中心与其他中心" in made.page("tiny", place)
    assert said in re.sub(r"\s", "", "".join(pdf_pages(folder / "report.pdf"))).replace("有6例", " 有 6 例")
    with zipfile.ZipFile(folder / "report.docx") as archive:
        document = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
    assert f"A tiny study – {CHINESE}" in document


# ---------------------------------------------------------------- what may be told of the others


def row(value: float, kind: str = "mean", **more) -> dict:
    """A result of one site."""
    named = {"statistic": "mean", "unit": "", "result_id": "m", "n": None, "denominator": None}
    return {**named, "value": value, "kind": kind, "patients": 20, **more}


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (row(1.5), (1.5, "")),
        (row(1.5, patients=5), (1.5, "")),  # the bound itself
        (row(1.5, patients=4), (None, FEW_SITES)),  # a site too small to be in any range
        (row(1.5, patients=None), (None, FEW_SITES)),  # nobody knows of how many it is
        (row(12, "persons", statistic="count", denominator=20), (12, "")),
        (row(5, "persons", statistic="count", denominator=20), (5, "")),
        (row(4, "persons", statistic="count", denominator=20), (None, FEW_PATIENTS)),  # four had it
        (row(16, "persons", statistic="count", denominator=20), (None, FEW_PATIENTS)),  # four had it not
        (row(0, "persons", statistic="count", denominator=20), (0, "")),
        (
            row(0.2, "proportion", statistic="proportion", unit="proportion", denominator=20),
            (None, FEW_PATIENTS),
        ),
        (row(0.5, "proportion", statistic="proportion", unit="proportion", denominator=20), (0.5, "")),
        (row(8, "persons", statistic="n"), (8, "")),
        (row(4, "persons", statistic="n"), (None, FEW_SITES)),
        (row(99, "extreme", statistic="max"), (None, FEW_PATIENTS)),  # the value of one person
    ],
)
def test_a_small_count_is_told_of_no_site(result, told):
    assert told_of_site({"m": result}, ["m"], 5, 0.95)["m"] == told


def test_one_site_with_a_small_count_hides_the_range_of_all_but_its_own():
    told = {site: {"m": (0.4, "")} for site in "abcd"} | {"e": {"m": (None, FEW_PATIENTS)}}
    (shown_to_a,), (shown_to_e,) = (ranges(site, ["m"], told, {}, fewest=3) for site in "ae")
    assert (shown_to_a.least, shown_to_a.why) == (None, FEW_PATIENTS)
    assert (shown_to_e.least, shown_to_e.sites) == (0.4, 4)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("seen at Hospital North", "site"), ("case TS-0008 of another", "subject id")),
        *(
            ("of CLINIC&nbsp;<b>D</b>", "site"),
            ("clinic-d", "site"),
            ("the clinic_d's", "site"),
            ("北医 三院", "site"),
        ),
    ],
)
def test_what_is_of_another_site_is_found_in_a_page(sites, text, kind):
    own = sites.built("tiny", of_site(CHINESE))
    site = {
        "own": [CHINESE],
        "others": ["north", "Hospital North", "Clinic D", "北医三院"],
        "of_all": str(sites.built("tiny", "final")),
        "known": "[]",
    }
    clean, leaking = (
        of_others(pieces_of(f"<p>{said}</p>".encode(), "index.html"), own, site, "{}")
        for said in (
            f"case TS-0003 of ours</p><dl><dd>Clinic E</dd><dd>d</dd><dd>clinic</dd></dl><p>{OF_OURS}",
            text,
        )
    )
    assert clean == []
    assert {one.kind for one in leaking} == {kind}


# ---------------------------------------------------------------- names


def test_a_site_of_the_data_that_the_study_file_does_not_name_is_an_error_with_the_nearest(tmp_path):
    made = of_sites(tmp_path)
    made.edit("params/tiny/study.yml", "    north: Hospital North", "    nort: Hospital North")
    answer = made.study("check", "tiny")
    assert answer.code == 1
    assert "the data have sites that are not named here: 'north' (7 patients)" in answer.text
    assert "did you mean 'nort'" in answer.text


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"a/b": "A"}, "cannot be the name of a folder"),
        ({"..": "A"}, "cannot be the name of a folder"),
        ({" a": "A"}, "cannot be the name of a folder"),
        ({"con": "A"}, "cannot be the name of a folder"),
        ({"North": "A", "north": "B"}, "would share a folder"),
        ({"a": "A", "b": "A"}, "two sites are called A"),
        ({}, "named"),
    ],
)
def test_sites_that_cannot_be_told_apart_or_have_no_folder_are_refused(tmp_path, named, told):
    made = of_sites(tmp_path)
    file = made.file("params", "tiny", "study.yml")
    content = yaml.safe_load(file.read_text("utf-8"))
    content["sites"]["named"] = named
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(StudyFileError, match=re.escape(told)):
        read.study(file)


def test_a_site_that_is_asked_for_and_not_named_is_refused_with_the_nearest(sites):
    answer = sites.study("render", "tiny", "--report", "final", "--site", "nort")
    assert answer.code == 2
    assert "names no site 'nort' under sites; did you mean 'north'" in answer.text
