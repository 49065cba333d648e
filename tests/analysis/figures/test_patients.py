"""Figures of single patients: pairs, waterfall, drug sequences, doses; and who meets which criteria."""

import pandas as pd
import pytest

from analysis import figures
from analysis.figures import style


def pairs_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["baseline", "followup"])


def test_equal_values_up_to_rounding_noise_are_unchanged():
    drawn = figures.paired(
        pairs_of((0.3, 0.1 + 0.2)), label="x", lower_is_better=True, means=(0.3, 0.3), mark=None
    )
    assert "0 improved, 1 unchanged, 0 worsened" in drawn.alt


@pytest.mark.parametrize("lower_is_better, told", [(True, "1 improved"), (False, "1 worsened")])
def test_direction_of_improvement_is_the_callers(lower_is_better, told):
    drawn = figures.paired(
        pairs_of((20, 10)), label="x", lower_is_better=lower_is_better, means=(20, 10), mark=None
    )
    assert told in drawn.alt


def test_pair_with_one_side_missing_is_left_out():
    frame = pairs_of((20, 10), (20, None))
    assert (
        "of 1 patient"
        in figures.paired(frame, label="x", lower_is_better=True, means=(20, 10), mark=None).alt
    )


def test_line_expected_from_regression_to_the_mean_starts_at_the_baseline_mean():
    drawn = figures.paired(
        pairs_of((20, 10), (30, 12)),
        label="x",
        lower_is_better=True,
        means=(25, 11),
        expected=22.7,
        mark=None,
    )
    dashed = [line for line in drawn.figure.axes[0].lines if line.is_dashed()]
    assert [list(line.get_ydata()) for line in dashed] == [[25, 22.7]]


def test_no_line_without_an_expected_value(texts):
    drawn = figures.paired(pairs_of((20, 10)), label="x", lower_is_better=True, means=(20, 10), mark=None)
    assert not any("regression" in text for text in texts(drawn))
    assert "regression" not in drawn.alt


TIS = pd.DataFrame(
    [
        # subject, TIS, category, highest attainable, amyopathic
        ("01", 15.0, "none", 60.0, True),  # amyopathic, little to gain
        ("02", 72.5, "major", 100.0, False),  # best, goes first
        ("03", None, None, None, pd.NA),  # left before the visit
        ("04", 40.0, "moderate", 92.5, False),
    ],
    columns=["subject_id", "tis", "tis_category", "tis_max_attainable", "cadm"],
)


def test_waterfall_falls_from_the_best_and_colours_by_category():
    from matplotlib.colors import to_hex

    bars = figures.tis_waterfall(TIS, thresholds=(20, 40, 60), mark=None).figure.axes[0].patches
    assert [bar.get_height() for bar in bars] == [72.5, 40.0, 15.0]
    wanted = [style.TIS_CATEGORIES[name] for name in ("major", "moderate", "none")]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == wanted


def test_waterfall_marks_the_attainable_maximum_of_each_patient():
    ax = figures.tis_waterfall(TIS, thresholds=(20, 40, 60), mark=None).figure.axes[0]
    (ticks,) = ax.collections
    assert [segment[0, 1] for segment in ticks.get_segments()] == [100.0, 92.5, 60.0]


def test_waterfall_places_cross_and_diamond_under_the_right_patients():
    ax = figures.tis_waterfall(TIS, thresholds=(20, 40, 60), mark=None).figure.axes[0]
    marks = {
        line.get_marker(): list(line.get_xdata()) for line in ax.lines if line.get_marker() in ("x", "D")
    }
    assert marks == {"x": [3], "D": [2]}


def test_waterfall_hatches_scores_after_an_event_and_says_so(texts):
    events = [True, False, True, False]  # the third has no score: nothing to hatch
    drawn = figures.tis_waterfall(TIS.assign(event=events), thresholds=(20, 40, 60), mark=None)
    hatched = [bar for bar in drawn.figure.axes[0].patches if bar.get_hatch()]
    assert [bar.get_height() for bar in hatched] == [TIS.loc[0, "tis"]]
    assert "1 with a score had an event before" in drawn.alt
    assert "event before" not in " ".join(
        texts(figures.tis_waterfall(TIS, thresholds=(20, 40, 60), mark=None))
    )


def test_waterfall_hides_subjects_unless_asked(texts):
    assert "02" not in texts(figures.tis_waterfall(TIS, thresholds=(20, 40, 60), mark=None))
    assert "02" in texts(figures.tis_waterfall(TIS, thresholds=(20, 40, 60), show_subjects=True, mark=None))


def test_score_without_its_category_is_refused():
    frame = TIS.assign(tis_category=None)
    with pytest.raises(ValueError, match="3 scores without a known category"):
        figures.tis_waterfall(frame, thresholds=(20, 40, 60), mark=None)


def test_alternative_text_names_no_subject():
    frame = TIS.assign(subject_id=[f"DM-{number}" for number in range(4)])
    assert (
        "DM-" not in figures.tis_waterfall(frame, thresholds=(20, 40, 60), show_subjects=True, mark=None).alt
    )


def doses_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["subject_id", "start", "end", "dose"])


NONE_GIVEN = pd.DataFrame({"subject_id": pd.Series(dtype=str), "time": pd.Series(dtype=float)})
DOSE = {"label": "Prednisone (mg/day)", "time": "Week", "given": "abatacept", "mark": None}


def test_no_dose_is_drawn_where_none_is_known():
    drawn = figures.dose_timelines(doses_of(("1", 0, 4, 20.0), ("1", 12, 24, 5.0)), NONE_GIVEN, **DOSE)
    edges = {tuple(step.get_data().edges) for step in drawn.figure.axes[0].patches}
    assert edges == {(0.0, 4.0), (12.0, 24.0)}


def test_overlapping_dose_periods_are_refused():
    with pytest.raises(ValueError, match="1 dose periods of one patient overlap"):
        figures.dose_timelines(doses_of(("1", 0, 6, 20.0), ("1", 4, 24, 5.0)), NONE_GIVEN, **DOSE)


def test_administrations_are_ticks_of_the_right_patient():
    given = pd.DataFrame({"subject_id": ["2", "2"], "time": [0, 4]})
    drawn = figures.dose_timelines(doses_of(("1", 0, 4, 20.0), ("2", 0, 4, 5.0)), given, **DOSE)
    ticks = [[line.get_xdata()[0] for line in ax.lines] for ax in drawn.figure.axes]
    assert ticks == [[], [0, 4]]


def test_time_without_a_known_dose_is_hatched_and_said(texts):
    frame = doses_of(("1", 0, 4, 20.0), ("1", 4, 12, None))
    drawn = figures.dose_timelines(frame, NONE_GIVEN, **DOSE)
    hatched = [patch for patch in drawn.figure.axes[0].patches if patch.get_hatch()]
    assert [(patch.get_x(), patch.get_width()) for patch in hatched] == [(4, 8)]
    assert "Dose not known for a time in 1 patient." in drawn.alt
    assert "not known" not in figures.dose_timelines(frame[:1], NONE_GIVEN, **DOSE).alt


def test_events_are_signs_in_the_panel_of_their_patient_and_named_once():
    frame = doses_of(("1", 0, 52, 20.0), ("2", 0, 52, 5.0), ("3", 0, 52, 5.0))
    happened = pd.DataFrame(
        {
            "subject_id": ["2", "2", "2"],
            "time": [
                14,
                10,
                20.0,
            ],  # on a page of three panels four weeks of a year are less than two letters
            "sign": ["I", "R", "†"],
            "label": ["immunosuppressant", "rescue", "death"],
        }
    )
    drawn = figures.dose_timelines(frame, NONE_GIVEN, events=happened, **DOSE)
    signs = [[note.get_text() for note in ax.texts] for ax in drawn.figure.axes]
    assert signs == [[], ["R I", "†"], []]
    assert drawn.alt.endswith("Events: immunosuppressant 1, rescue 1, death 1.")


def test_a_dose_above_the_end_of_the_axis_is_written_in_figures():
    drawn = figures.dose_timelines(doses_of(("1", 0, 4, 90.0), ("1", 4, 8, 60.0)), NONE_GIVEN, top=60, **DOSE)
    assert [note.get_text() for note in drawn.figure.axes[0].texts] == ["↑ 90"]
    assert drawn.figure.axes[0].get_ylim()[1] < 90


def courses_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["subject_id", "drug", "start", "end", "ongoing"])


def test_course_without_an_end_runs_to_the_last_time_with_a_question_mark(texts):
    frame = courses_of(("1", "Rituximab", 0, None, False), ("2", "Abatacept", 3, 20, True))
    drawn = figures.swimmer(frame, time="Months", mark=None)
    assert [bar.get_width() for bar in drawn.figure.axes[0].patches] == [20, 17]
    assert "?" in texts(drawn)


def test_each_drug_is_named_once_beside_a_bar_of_its_own(texts):
    rows = [(str(n), ["A", "B"][n % 2], -n - 4, -1, False) for n in range(6)]
    rows += [
        (str(n), ["C", "A"][n % 2], 0, 9, True) for n in range(6)
    ]  # C comes last only, and a sign behind it
    drawn = figures.swimmer(courses_of(*rows), time="Months", mark=None)
    ax = drawn.figure.axes[0]
    notes = {note.get_text(): note for note in ax.texts if note.get_text() in "ABC"}
    first = {(-n - 4, n): ["A", "B"][n % 2] for n in range(6)}
    assert [first[notes[name].xy] for name in "AB"] == ["A", "B"]  # before a first bar of its own
    assert notes["C"].xy in {(9, 0), (9, 2), (9, 4)}  # behind a last one
    assert notes["C"].get_position()[0] > 10  # and behind the arrow there
    assert drawn.figure.legends == []


def test_a_drug_between_others_only_keeps_its_square_above(texts):
    rows = [("1", "A", 0, 2, False), ("1", "B", 3, 5, False), ("1", "A", 6, 9, False)]
    drawn = figures.swimmer(courses_of(*rows), time="Months", mark=None)
    assert [text.get_text() for legend in drawn.figure.legends for text in legend.get_texts()] == ["B"]


def test_too_many_drugs_to_tell_apart_are_refused():
    frame = courses_of(*[("1", f"drug {n}", n, n + 1, False) for n in range(9)])
    with pytest.raises(ValueError, match="9 drugs are too many to tell apart; group them into 8 or fewer"):
        figures.swimmer(frame, time="Months", mark=None)


def test_combination_counts_patients_with_exactly_these_criteria():
    flags = pd.DataFrame(
        [
            # a, b
            (True, True),
            (True, True),
            (True, False),
            (False, False),  # meets none: a combination of its own
            (True, pd.NA),  # unknown: in no combination
        ],
        columns=["a", "b"],
        dtype="boolean",
    )
    drawn = figures.upset(flags, labels={"a": "A", "b": "B"}, mark=None)
    assert (
        "Combinations: A and B 2; none 1; A only 1. Not shown: 1 patient with a criterion missing."
        in drawn.alt
    )
    assert [bar.get_height() for bar in drawn.figure.axes[1].patches] == [2, 1, 1]


def test_rare_combinations_are_counted_where_they_are_not_drawn():
    flags = pd.DataFrame({"a": [True, True, False], "b": [False, False, True]})
    drawn = figures.upset(flags, labels={"a": "A", "b": "B"}, most=1, mark=None)
    assert "Not shown: 1 patient in 1 rarer combination." in drawn.alt
