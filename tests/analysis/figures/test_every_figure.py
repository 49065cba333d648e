"""What holds for every figure, whatever it shows."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

import pandas as pd
import pytest

from analysis import figures, fonts
from analysis.figures import style
from analysis.language import speaking

NUMBERS = ["visit", "n", "estimate", "conf_low", "conf_high"]
MEANS = pd.DataFrame([(0, 20, 28.3, 25.0, 31.6), (12, 18, 14.1, 11.0, 17.2)], columns=NUMBERS)
CHANGES = pd.DataFrame([(12, 18, -14.2, -18.0, -10.4), (24, 17, -15.5, -20.0, -11.0)], columns=NUMBERS)
RESPONSES = pd.DataFrame([(12, 20, 0.45, 0.2306, 0.6847), (24, 20, 0.6, 0.36, 0.81)], columns=NUMBERS)
PAIRS = pd.DataFrame({"baseline": [22.0, 18.0, 30.0], "followup": [12.0, 18.0, 31.0]})
COURSES = pd.DataFrame({"subject_id": ["1", "1", "2"], "visit": [0, 12, 0], "value": [120.0, 141.0, 99.0]})
COURSE_MEANS = pd.DataFrame({"visit": [0, 12], "n": [2, 1], "estimate": [109.5, 141.0]})
BOXES = pd.DataFrame(
    [
        ("screened", "Screened", 26, None, None),
        ("out", "Not eligible", 6, "screened", None),
        ("out", "Not eligible", 4, "screened", "No active disease"),
        ("out", "Not eligible", 2, "screened", "Consent not given"),
        ("treated", "Treated", 20, "screened", None),
    ],
    columns=["box", "label", "n", "parent", "reason"],
)
STATES = pd.DataFrame(
    {
        "visit": ["Week 0"] * 2 + ["Week 24"] * 3,
        "state": ["moderate", "high", "remission", "high", "missing"],
        "n": [5, 15, 8, 10, 2],
        "share": [0.25, 0.75, 0.4, 0.5, 0.1],
    }
)
ENROLMENT = pd.DataFrame(
    {
        "date": pd.to_datetime(["2023-01-10", "2023-06-30", "2026-12-31"]),
        "enrolled": [1, 41, None],
        "planned": [0, 50, 200],
    }
)
FLAGS = pd.DataFrame({"d2t_2a": [True, True, False], "d2t_2b": [True, False, pd.NA]}, dtype="boolean")
TIS = pd.DataFrame(
    {
        "subject_id": ["01", "02", "03"],
        "tis": [52.5, None, 15.0],
        "tis_category": ["moderate", None, "none"],
        "tis_max_attainable": [92.5, None, 60.0],
        "cadm": [False, False, True],
    }
)
DRUGS = pd.DataFrame(
    {
        "subject_id": ["1", "1", "2"],
        "drug": ["TNF inhibitor", "JAK inhibitor", "Rituximab"],
        "start": [0, 8, 2],
        "end": [7, 20, None],
        "ongoing": [False, True, False],
    }
)
NBSP = "\N{NO-BREAK SPACE}"
DOSES = pd.DataFrame(
    {"subject_id": ["1", "1", "2"], "start": [0, 4, 0], "end": [4, 24, 24], "dose": [20.0, 7.5, 10.0]}
)
GIVEN = pd.DataFrame({"subject_id": ["1", "1", "2"], "time": [0, 2, 0]})
CURVES = pd.DataFrame(
    {
        "time": [3, 6],
        "survival": [0.8, 0.5],
        "conf_low": [0.6, 0.3],
        "conf_high": [0.9, 0.7],
        "n_censored": [1, 0],
    }
)
AT_RISK = pd.DataFrame({"time": [0, 6], "n_risk": [20, 14]})
ESTIMATES = pd.DataFrame(
    {
        "label": ["Age per 10 years", "Female sex"],
        "estimate": [0.81, 1.2],
        "conf_low": [0.6, 0.7],
        "conf_high": [1.1, 2.1],
        "n": [200, 199],
    }
)
BINS = pd.DataFrame(
    {
        "predicted": [0.2, 0.6],
        "observed": [0.25, 0.55],
        "conf_low": [0.15, 0.4],
        "conf_high": [0.38, 0.7],
        "n": [40, 38],
    }
)
BENEFITS = pd.DataFrame(
    {
        "model": ["clinical"] * 2 + ["all"] * 2,
        "threshold": [0.1, 0.4] * 2,
        "net_benefit": [0.31, 0.12, 0.28, -0.5],
    }
)
PROFILES = pd.DataFrame({"measure": ["CRP", "CRP"], "cluster": ["A", "B"], "value": [0.9, -0.6]})
CLUSTERS = pd.DataFrame({"cluster": ["A", "B"], "n": [80, 120], "stability": [0.81, 0.9]})
GAPS = pd.DataFrame(
    {
        "variable": ["CRP", "CRP"],
        "visit": ["Week 0", "Week 24"],
        "n_missing": [0, 3],
        "n_expected": [20, 20],
        "share": [0.0, 0.15],
    }
)
SCORES = pd.DataFrame({"value": [0, 0, 1.5, 3, None]})
GROUPED_EVENTS = pd.DataFrame(
    [("Nausea", "Auranofin", 2, 0.1), ("Headache", "Auranofin", 3, 0.15), ("Headache", "Placebo", 5, 0.25)],
    columns=["term", "group", "n", "share"],
)
EVENTS = pd.DataFrame(
    {
        "term": ["Nausea", "Headache"],
        "n": [2, 5],
        "share": [0.1, 0.25],
        "conf_low": [0.01, 0.09],
        "conf_high": [0.32, 0.49],
    }
)
SHIFTS = pd.DataFrame({"test": ["ALT", "ALT"], "baseline": [0.5, 1.2], "worst": [0.8, 3.5]})


@dataclass(frozen=True)
class Case:
    """A figure, the frames it draws, and what must be read in it and in its alternative text."""

    draw: Callable
    frames: tuple
    options: dict
    shown: tuple[str, ...]
    told: tuple[str, ...]


CASES = {
    "mean_by_visit": Case(
        figures.mean_by_visit, (MEANS.assign(variable="cdai"),),
        {"label": {"cdai": "CDAI (0-76 points)"}, "time": "Week", "lines": {"cdai": {"low": 10}}},
        ("CDAI (0-76 points)", "Week", "20", "18", "low 10"),
        ("28.3 (25.0 to 31.6), n = 20", "14.1 (11.0 to 17.2), n = 18"),
    ),
    "response_by_visit": Case(
        figures.response_by_visit, (RESPONSES,), {"time": "Week"},
        ("Patients with response (%)", "100", "20"), ("Week 12 45.0 % (23.1 % to 68.5 %), n = 20",),
    ),
    "paired": Case(
        figures.paired, (PAIRS,),
        {"label": "CDASI activity (0-100)", "lower_is_better": True, "means": (23.33, 20.33), "expected": 21.1},
        ("CDASI activity (0-100)", "mean 23.3", "mean 20.3", "improved (1)", "unchanged (1)", "worsened (1)"),
        ("1 improved, 1 unchanged, 1 worsened", "23.3", "20.3", "21.1 expected"),
    ),
    "spaghetti": Case(
        figures.spaghetti, (COURSES, COURSE_MEANS), {"label": "MMT-8 (0-150)", "time": "Week"},
        ("MMT-8 (0-150)", "Week", "2", "1"), ("2 patients", "109.5 at Week 0 (n = 2)", "141.0 at Week 12 (n = 1)"),
    ),
    "flow_diagram": Case(
        figures.flow_diagram, (BOXES,), {},
        ("Screened, n\u00a0=\u00a026", "Not eligible, n\u00a0=\u00a06", "No active disease", "4"),
        ("Screened: n = 26", "No active disease 4; Consent not given 2", "Treated: n = 20"),
    ),
    "state_bars": Case(
        figures.state_bars, (STATES,), {},
        ("Patients (%)", "75 %", "40 %", "10 %", "20", "remission", "missing"),
        ("Week 0 (n = 20): moderate 25.0 %, high 75.0 %", "remission 40.0 %, high 50.0 %, missing 10.0 %"),
    ),
    "recruitment": Case(
        figures.recruitment, (ENROLMENT,), {"target": 200},
        ("target 200", "41 enrolled", "plan", "Patients enrolled (cumulative)"),
        ("1 on 2023-01-10, 41 on 2023-06-30, of 200 aimed at; 50 planned for 2023-06-30",),
    ),
    "upset_of_counts": Case(
        figures.upset_of_counts,
        (
            pd.DataFrame({"a": [True, True], "b": [False, True], "n": [12, None]}),
            pd.DataFrame({"criterion": ["a", "b"], "n": [14, None]}),
        ),
        {"labels": {"a": "2a activity", "b": "2b progression"}},
        ("2a activity", "2b progression", "Not shown: 1 combination whose number is not told"),
        ("2a activity: 14", "2a activity only 12", "1 combination whose number is not told"),
    ),
    "upset": Case(
        figures.upset, (FLAGS,), {"labels": {"d2t_2a": "2a activity", "d2t_2b": "2b progression"}},
        ("2a activity", "2b progression", "Not shown: 1 patient with a criterion missing"),
        ("2a activity: 2", "2a activity only 1", "2a activity and 2b progression 1", "1 patient with a crit"),
    ),
    "tis_waterfall": Case(
        figures.tis_waterfall, (TIS,), {"thresholds": (20, 40, 60)},
        ("moderate ≥ 40: n = 1", "none: n = 1", "Total Improvement Score (0-100)"),
        ("from 52.5 down to 15.0", "moderate 1", "1 without a score", "1 patient with clinically amyopathic"),
    ),
    "swimmer": Case(
        figures.swimmer, (DRUGS,), {"time": "Months since first b/tsDMARD"},
        ("TNF inhibitor", "JAK inhibitor", "Months since first b/tsDMARD   (▸ going on)", "▸", "?"),
        ("2 patients", "0 to 20", "1 course going on", "1 with an unknown end"),
    ),
    "dose_timelines": Case(
        figures.dose_timelines, (DOSES, GIVEN),
        {"label": "Prednisone (mg/day)", "time": "Week", "given": "abatacept", "reference": 7.5},
        ("Prednisone (mg/day)", "Patient 1", "Patient 2", f"Week\nticks:{NBSP}abatacept{NBSP}given"),
        ("2 patients", "highest dose 20", "3 administrations of abatacept"),
    ),
    "kaplan_meier": Case(
        figures.kaplan_meier, (CURVES, AT_RISK), {"label": "Still on drug (%)", "time": "Months"},
        ("Still on drug (%)", "Months", "at risk", "20", "14"),
        ("50.0 % (30.0 % to 70.0 %) at 6 (Months)", "20 at 0, 14 at 6"),
    ),
    "forest": Case(
        figures.forest, (ESTIMATES,), {"label": "Odds ratio", "null": 1, "log": True},
        ("Age per 10 years", "0.81 (0.60 to 1.10)", "n = 199", "Odds ratio (CI)"),
        ("Age per 10 years 0.81 (0.60 to 1.10)", "Female sex 1.20 (0.70 to 2.10)", "No effect is 1"),
    ),
    "calibration": Case(
        figures.calibration, (BINS,), {"outcome": "remission"},
        ("Observed remission (%)", "Predicted remission (%)", "40", "38"),
        ("predicted 20.0 %, observed 25.0 % (15.0 % to 38.0 %), n = 40",),
    ),
    "decision_curve": Case(
        figures.decision_curve, (BENEFITS,), {"outcome": "remission"},
        ("Net benefit", "Threshold probability (%)", "clinical", "treat all"), ("clinical: 0.310 at 10.0 %", "−0.500"),
    ),
    "cluster_profiles": Case(
        figures.cluster_profiles, (PROFILES, CLUSTERS), {"label": "Mean z score"},
        ("CRP", "0.9", "−0.6", "A\nn = 80\nJaccard 0.81", "Mean z score"), ("A (n = 80, Jaccard 0.81): CRP 0.9",),
    ),
    "missing_pattern": Case(
        figures.missing_pattern, (GAPS,), {},
        ("3/20", "0/20", "CRP", "Missing (%)"), ("CRP: Week 24 3 of 20 (15.0 %)",),
    ),
    "adverse_event_dots": Case(
        figures.adverse_event_dots, (EVENTS,), {},
        ("Headache", "n = 5", "Patients with the event (%), CI"), ("Headache 5 (25.0 %); Nausea 2 (10.0 %)",),
    ),
    "adverse_event_dots_of_groups": Case(
        figures.adverse_event_dots, (GROUPED_EVENTS,), {},
        ("Headache", "● Auranofin", "■ Placebo", "5", "Patients with the event (%)"), ("Headache, Placebo 5 (25.0 %)",),
    ),
    "lab_shift": Case(
        figures.lab_shift, (SHIFTS,), {"limits": {"ULN": 1}},
        ("ALT", "ULN", "Baseline (× ULN)", "▲ higher than at baseline"),
        ("2 patients, 2 rose", "above ULN 1 at baseline and 1 on treatment"),
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def name(request) -> str:
    return request.param


@pytest.fixture
def case(name) -> Case:
    return CASES[name]


@pytest.fixture(scope="session")
def drawn():
    """Function: the name of a case -> its figure, drawn once; as a page shows it, or for a narrow screen."""
    return cache(draw)


@pytest.fixture(params=[False, True], ids=["page", "phone"])
def on_phone(request) -> bool:
    return request.param


def draw(name: str, mark: str | None = None, on_phone: bool = False):
    case = CASES[name]
    with style.narrow() if on_phone else nullcontext():
        return case.draw(*case.frames, **case.options, mark=mark)


def test_every_public_figure_is_tested_here():
    assert {case.draw.__name__ for case in CASES.values()} == set(figures.__all__) - {"Drawn", "scale_of"}


def test_figure_shows_its_labels_and_numbers(name, case, drawn, texts, on_phone):
    shown = [" ".join(text.split()) for text in texts(drawn(name, on_phone=on_phone))]
    assert [text for text in case.shown if " ".join(text.split()) not in shown] == []


def test_alternative_text_tells_the_numbers(name, case, drawn):
    alt = drawn(name).alt
    assert [text for text in case.told if text not in alt] == []
    assert "nan" not in alt
    assert "\n" not in alt


def test_input_is_not_changed(name, case):
    before = [frame.copy(deep=True) for frame in case.frames]
    draw(name, mark="interim").png(dpi=40)
    for frame, copy in zip(case.frames, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_nullable_types_give_the_same_figure(name, case, drawn):
    nullable = [frame.convert_dtypes() for frame in case.frames]
    assert case.draw(*nullable, **case.options, mark=None).alt == drawn(name).alt


def test_no_text_is_smaller_than_nine_points(name, drawn, text_artists, on_phone):
    picture = drawn(name, on_phone=on_phone)
    small = [text.get_text() for text in text_artists(picture) if text.get_fontsize() < 9]
    assert small == []


def test_every_text_is_in_the_fonts_of_the_report(name, drawn, text_artists, on_phone):
    # a text that is set outside `style.sheet` has no Chinese face: its words become boxes
    artists = text_artists(drawn(name, on_phone=on_phone))
    assert [text.get_text() for text in artists if fonts.register() not in text.get_fontfamily()] == []


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "label" in case.options])
def test_a_label_that_the_catalogue_knows_is_shown_in_the_language_of_the_report(name, case, texts):
    known = case.options["label"]
    label = dict.fromkeys(known, "At the target (%)") if isinstance(known, dict) else "At the target (%)"
    with speaking("zh"):
        picture = case.draw(*case.frames, **{**case.options, "label": label}, mark=None)
        assert [text for text in [*texts(picture), picture.alt] if "At the target" in text] == []
        assert "达标（%）" in picture.alt
        with style.narrow():
            assert [text for text in texts(picture.again()) if "At the target" in text] == []


def test_every_text_lies_inside_the_picture(name, drawn, text_artists, on_phone):
    picture = drawn(name, on_phone=on_phone)
    artists = text_artists(picture)
    width, height = picture.figure.bbox.max
    boxes = {text.get_text(): text.get_window_extent() for text in artists}
    outside = [
        text
        for text, box in boxes.items()
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    assert outside == []


def test_figure_is_as_wide_as_a_page_or_a_phone_allows(name, drawn, on_phone):
    width = drawn(name, on_phone=on_phone).figure.get_size_inches()[0]
    assert width == style.NARROW if on_phone else width in {style.WIDTH, style.NARROW}
    assert (
        style.NARROW * 72 / 9 <= 355
    )  # pixels that a phone of 390 leaves: letters of nine points have nine of them


def test_letters_and_names_do_not_lie_over_one_another_on_a_phone(name, drawn, text_artists):
    boxes = [
        (t.get_text(), t.get_window_extent())
        for t in text_artists(drawn(name, on_phone=True))
        if not t.get_rotation()
    ]
    over = [
        (first, second)
        for (first, one), (second, other) in combinations(boxes, 2)
        if min(one.x1, other.x1) - max(one.x0, other.x0) > 2
        and min(one.y1, other.y1) - max(one.y0, other.y0) > 2
    ]
    assert over == []


def test_no_line_runs_through_a_name_on_a_phone(drawn):
    figure = drawn("forest", on_phone=True).figure
    names = [text for text in figure.axes[0].texts if text.get_text() in set(ESTIMATES["label"])]
    assert len(names) == len(ESTIMATES)
    assert all(
        name.get_bbox_patch() and name.get_bbox_patch().get_facecolor()[:3] == (1, 1, 1) for name in names
    )


def test_no_figure_has_a_key_where_names_stand_at_the_marks(name, drawn, on_phone):
    picture = drawn(name, on_phone=on_phone)
    assert [
        *picture.figure.legends,
        *(ax.get_legend() for ax in picture.figure.axes if ax.get_legend()),
    ] == []


def test_only_single_patients_are_drawn_in_pixels(name, drawn):
    picture = drawn(name)
    assert picture.per_patient or "<image" not in picture.svg()  # pixels do not turn over on a dark page


def test_empty_frame_gives_a_figure_that_says_so(case, texts):
    empty = case.draw(*(frame.iloc[:0] for frame in case.frames), **case.options, mark=None)
    assert empty.alt.startswith("No data: ")
    assert any(text.startswith("No data: ") for text in texts(empty))


def test_missing_column_is_named_with_the_nearest_one(case):
    first = case.frames[0]
    wrong = (
        first.rename(columns={first.columns[-1]: f"{first.columns[-1]}_"})
        if case.draw is figures.upset
        else None
    )
    name = first.columns[0]
    frame = first.rename(columns={name: f"{name}s"}) if wrong is None else wrong
    with pytest.raises(KeyError, match="did you mean"):
        case.draw(frame, *case.frames[1:], **case.options, mark=None)


def test_mark_stands_beside_the_picture_and_not_in_it(name, texts):
    picture = draw(name, mark="interim")
    assert picture.extras()["mark"] == "INTERIM"
    assert not set(style.MARKS.values()) & set(texts(picture))


def test_only_a_figure_of_summaries_is_in_vectors_and_gives_its_numbers(name, drawn):
    picture = drawn(name)
    data, _ = picture._repr_mimebundle_()
    assert ("image/svg+xml" in data) is not picture.per_patient
    assert ("csv" in picture.extras()) is (picture.made_from is not None) is not picture.per_patient


def test_a_wide_figure_has_a_drawing_for_a_phone(name, drawn):
    picture = drawn(name)
    wide = bool(picture.figure.get_figwidth() > style.NARROW)
    kind = "png" if picture.per_patient else "svg+xml"
    assert picture.extras().get("narrow", "").startswith(f"data:image/{kind};base64,") is wide


def test_names_of_many_visits_stay_apart_on_a_phone():
    weeks = (0, 4, 12, 24, 48, 72, 96)
    rows = [
        {"visit": f"Week {week}", "state": state, "n": 10, "share": 0.5}
        for week in weeks
        for state in ("low", "high")
    ]
    with style.narrow():
        figure = figures.state_bars(pd.DataFrame(rows), mark=None).figure
    figure.draw_without_rendering()
    boxes = [name.get_window_extent() for name in figure.axes[0].get_xticklabels()]
    assert len(boxes) == len(weeks)
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_figure_has_no_title_of_its_own(name, drawn):
    assert drawn(name).figure.get_suptitle() == ""


@pytest.mark.parametrize(
    "mark, text",
    [("draft", "DRAFT"), ("locked", "NOT FINAL"), ("synthetic", "SYNTHETIC DATA"), ("final", ""), (None, "")],
)
def test_every_state_before_the_final_one_has_its_mark(mark, text):
    assert draw("state_bars", mark=mark).extras()["mark"] == text


def test_same_frame_gives_the_same_picture():
    assert draw("mean_by_visit").png(dpi=60) == draw("mean_by_visit").png(dpi=60)
    assert draw("mean_by_visit").svg() == draw("mean_by_visit").svg()
