"""From result ids to the text that stands in the prose."""

import re

import pytest

from analysis.language import speaking
from pipeline.publish.shown import Place
from pipeline.variables import formatted, of_what, used_ids


@pytest.fixture(autouse=True)
def at_the_level_of_the_study():
    """As when a report is published: results do not all bear the level, and the study has it."""
    with speaking("en", level=0.95):
        yield


NUMBERS = {"n": 18.0, "patients": 18.0, "n_missing": 2.0, "method": "paired t", "notebook": "change"}


def row(ident: str, value, *, unit: str = "", **given) -> dict:
    analysis, _, variable, _, _, statistic = ident.split(".")
    keys = {"analysis": analysis, "variable": variable, "statistic": statistic}
    return {"result_id": ident, "value": value, "unit": unit, **keys, **NUMBERS, **given}


def text(rows: list[dict], ident: str, *, digits: dict[str, int] | None = None, **given) -> str:
    found = formatted(rows, digits or {}, **given)
    for part in ident.split("."):
        found = found[part]
    return found


FEW = [("count", 6.0), ("both", 2.0)]
PLACE = "change_mean.fas.cdai.w24.all"


def estimate(value=-8.25, low=-11.94, high=-4.74, *, unit="points", level=None) -> list[dict]:
    values = {"estimate": value, "conf_low": low, "conf_high": high}
    rows = [row(f"{PLACE}.{name}", number, unit=unit) for name, number in values.items()]
    return rows if level is None else [*rows, row(f"{PLACE}.confidence_level", level)]


@pytest.mark.parametrize(
    ("ident", "value", "unit", "shown"),
    [
        ("flow.all.enrolled.all.all.n", 200.0, "", "200"),
        ("a.all.v.all.all.n_missing", 0.0, "", "0"),
        ("a.all.v.all.all.events", 12.0, "", "12"),
        ("a.all.v.all.all.df", 17.4, "", "17.4"),  # Welch's need not be whole
        ("a.all.v.all.all.rows_read", 2718.0, "count", "2718"),
        ("a.all.v.all.all.p_value", 0.0123, "", "0.012"),
        ("a.all.v.all.all.p_value", 0.0004, "", "<0.001"),
        ("a.all.v.all.all.proportion", 0.4545, "proportion", "45.5\u00a0%"),
        ("a.all.pain.all.all.mean", 20.0, "", "20.00"),  # one decimal more than the instrument has
        ("a.all.cdai.all.all.mean", 20.04, "", "20.0"),  # an index of tenths stays with them
        ("a.all.tis.all.all.median", 27.5, "", "27.5"),  # a patient's own value
        ("a.all.any.all.all.estimate", 282.151, "per 100 person-years", "282.2"),
        ("a.all.other.all.all.mean", 20.0, "", "20.00"),  # one decimal is taken where none is stated
        ("a.all.haq_di.all.all.mean", 1.25, "", "1.2500"),
        ("a.all.cdai.all.all.d_z", -0.5649, "", "−0.56"),
        ("a.all.cdai.all.all.mean", None, "", "–"),
        ("a.all.v.all.all.n", None, "", "–"),
        ("a.all.v.all.all.proportion", None, "proportion", "–"),
    ],
)
def test_each_kind_of_number_has_its_form(ident, value, unit, shown):
    assert text([row(ident, value, unit=unit)], ident, digits={"cdai": 1, "haq_di": 3}) == shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"), [(500.0, {}, "500"), (62.5, {}, "62.5"), (500.0, {"mg": 1}, "500.0")]
)
def test_the_largest_whole_dose_is_told_without_decimals_that_nobody_stated(value, digits, shown):
    rows = [row("exposure.fas.mg.all.all.max", value, kind="extreme")]
    assert text(rows, "exposure.fas.mg.all.all.max", digits=digits) == shown


@pytest.mark.parametrize("kind", ["persons", "events"])
@pytest.mark.parametrize("unit", ["proportion", "", "mm", "mg/day", "points"])
def test_what_is_counted_is_a_whole_number_whatever_the_unit_of_its_analysis(kind, unit):
    counted = row("films.all.score.w48.all.rapid", 4.0, unit=unit, kind=kind)
    assert text([counted], counted["result_id"]) == "4"


def test_an_estimate_with_its_interval():
    assert (
        text(estimate(), f"{PLACE}.with_ci", digits={"cdai": 0})
        == "−8.3 (95\u00a0%\u00a0CI\u00a0−11.9\u00a0to\u00a0−4.7)"
    )
    assert (
        text(estimate(level=0.9), f"{PLACE}.with_ci", digits={"cdai": 0})
        == "−8.3 (90\u00a0%\u00a0CI\u00a0−11.9\u00a0to\u00a0−4.7)"
    )
    assert (
        text(estimate(level=0.975), f"{PLACE}.with_ci", digits={"cdai": 0}).count("(97.5\u00a0%\u00a0CI") == 1
    )


def test_a_difference_of_shares_is_no_share():
    place = "repeated_difference.fas.improved.w24.active"
    found = {"estimate": -0.059, "conf_low": -0.171, "conf_high": 0.053}
    rows = [row(f"{place}.{name}", value, unit="proportion") for name, value in found.items()]
    shown = {
        name: text(rows, f"{place}.{name}").replace("\u00a0", " ") for name in ("estimate", "with_ci", "ci")
    }
    assert shown == {
        "estimate": "−5.9 percentage points",
        "with_ci": "−5.9 percentage points (95 % CI −17.1 to 5.3)",
        "ci": "95 % CI −17.1 to 5.3 percentage points",
    }


def test_a_share_with_its_interval_is_in_per_cent():
    rows = estimate(0.45, 0.2582, 0.6579, unit="proportion")
    assert (
        text(rows, f"{PLACE}.with_ci") == "45.0\u00a0% (95\u00a0%\u00a0CI\u00a025.8\u00a0to\u00a065.8\u00a0%)"
    )


def test_an_estimate_that_could_not_be_computed_is_a_dash():
    assert text(estimate(None, None, None), f"{PLACE}.with_ci") == "– (95\u00a0%\u00a0CI\u00a0–)"


@pytest.mark.parametrize(
    ("p", "shown"), [(0.0123, "p = 0.012"), (0.0004, "p < 0.001"), (0.04996, "p = 0.04996")]
)
def test_p_with_its_sign(p, shown):
    assert text([row(f"{PLACE}.p_value", p)], f"{PLACE}.p") == shown


def test_without_an_interval_there_is_no_text_with_one():
    with pytest.raises(KeyError, match="with_ci"):
        text(estimate()[:1], f"{PLACE}.with_ci")


def test_numbers_that_the_prose_uses_carry_their_origin():
    ident = f"{PLACE}.with_ci"
    shown = text(estimate(), ident, digits={"cdai": 0}, used={ident})
    assert shown.startswith("[−8.3 (95\u00a0%\u00a0CI\u00a0−11.9\u00a0to\u00a0−4.7)]{.result ")
    for part in (
        f'data-id="{ident}"',
        'data-n="18"',
        'data-missing="2"',
        'data-method="paired t"',
        'data-notebook="change"',
    ):
        assert part in shown
    assert text(estimate(), f"{PLACE}.estimate", digits={"cdai": 0}, used={ident}) == "−8.3"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"variable": "cdai", "visit": "W24"}, "CDAI; Week 24; Full analysis set"),  # named in the study
        (
            {"variable": "any", "note": "Any adverse event"},
            "Any adverse event; Full analysis set",
        ),  # by its row
        ({"variable": "Pneumonia", "note": "Pneumonia"}, "Pneumonia; Full analysis set"),  # a name in words
        ({"variable": "sex", "visit": "F", "note": "F"}, "Sex; F; Full analysis set"),  # a level
        ({"variable": "sex", "visit": "True", "note": "True"}, "Sex; Full analysis set"),
        (
            {"variable": "decided", "note": "No value at the visit, of those due; see the methods."},
            "Full analysis set",
        ),
    ],
)
def test_a_number_says_what_it_is_of(keys, said):
    labels = {
        "variable": {"cdai": "CDAI", "sex": "Sex"},
        "visit": {"w24": "Week 24"},
        "population": {"fas": "Full analysis set"},
    }
    one = (
        row(f"{PLACE}.n", 20.0, kind="events")
        | {"n": 20, "n_missing": 0, "population": "FAS", "note": ""}
        | keys
    )
    counted = row(f"{PLACE}.count", 6.0, kind="persons", denominator=20) | {"n": 20, "n_missing": 0}
    tree = formatted([one, counted], {}, used={f"{PLACE}.n"}, labels=labels)
    found = tree
    for part in f"{PLACE}.n".split("."):
        found = found[part]
    assert f'data-label="{said}"' in found  # events are no patients of patients


def test_a_number_says_people_of_people_and_the_table_that_shows_it():
    share = "tis.fas.tis.w24.all"
    rows = [
        row(f"{share}.estimate", 0.3, unit="proportion", patients=20, denominator=20),
        row(f"{share}.count", 6.0, kind="persons", patients=20, denominator=20),
    ]
    rows = [one | {"n": 20, "n_missing": 0} for one in rows]
    tree = formatted(
        rows, {}, used={f"{share}.estimate"}, place=lambda *_: Place("tbl-tis", 2, ("Response",))
    )
    shown = tree["tis"]["fas"]["tis"]["w24"]["all"]["estimate"]
    assert 'data-label="6 of 20 patients; Response"' in shown and 'data-n="20"' in shown
    assert 'data-table="tbl-tis" data-row="2"' in shown and "data-values" not in shown
    rows[1]["status"] = "suppressed"
    tree = formatted(rows, {}, used={f"{share}.estimate"})
    assert "6 of 20" not in tree["tis"]["fas"]["tis"]["w24"]["all"]["estimate"]


@pytest.mark.parametrize(
    ("group", "said"), [("amyopathic", "CDAI; Disease; clinically amyopathic"), ("", "CDAI")]
)
def test_a_group_that_only_the_table_names_is_called_as_there(group, said):
    one = row(f"{PLACE}.estimate", -1.0) | {"group": group, "variable": "cdai"}
    where = Place("tbl-groups", 1, ("Disease", "clinically amyopathic", "CDAI (0-76)"))
    shown = formatted(
        [one], {}, used={f"{PLACE}.estimate"}, labels={"variable": {"cdai": "CDAI"}}, place=lambda *_: where
    )
    for part in f"{PLACE}.estimate".split("."):
        shown = shown[part]
    assert f'data-label="{said}"' in shown


def test_only_what_a_share_is_told_by_says_people_of_people():
    share = "already.fas.low.w48.all"
    rows = [row(f"{share}.{name}", value, kind="persons", denominator=20) for name, value in FEW]
    shown = formatted(rows, {}, used={f"{share}.{name}" for name, _ in FEW})["already"]["fas"]["low"]["w48"][
        "all"
    ]
    assert ["6 of 20" in shown[name] for name, _ in FEW] == [True, False]


@pytest.mark.parametrize(("patients", "n"), [(12, None), (None, None)])
def test_what_is_not_patients_is_not_called_so(patients, n):
    rows = [one | {"n": 31, "patients": patients} for one in estimate()]
    shown = text(rows, f"{PLACE}.with_ci", digits={"cdai": 0}, used={f"{PLACE}.with_ci"})
    assert 'data-values="31"' in shown
    assert ('data-n="12"' in shown) == (patients == 12) and 'data-n="31"' not in shown


def test_ids_are_found_in_texts():
    texts = ["{{< var a.b.c >}} and {{<var d.e  >}}", "{{< meta title >}} {{< embed x.ipynb#tbl-x >}}"]
    assert used_ids(texts) == {"a.b.c", "d.e"}


# ---------------------------------------------------------------- words that follow the results


def words(low: float | None, high: float | None, *, better: bool | None) -> list[str]:
    """What a mean change with these limits is said to have done."""
    tree = formatted(
        estimate(None if low is None else (low + (high or low)) / 2, low, high),
        {"cdai": 0},
        better={} if better is None else {"cdai": better},
    )
    for part in PLACE.split("."):
        tree = tree[part]
    return [tree.get(name) for name in ("moved", "fared", "than")]


@pytest.mark.parametrize(
    ("low", "high", "better", "expected"),
    [
        (1.0, 3.0, False, ["rose", "worsened", "worse than"]),  # clearly up where less is better
        (1.0, 3.0, True, ["rose", "improved", "better than"]),
        (-3.0, -1.0, False, ["fell", "improved", "better than"]),
        (-3.0, -1.0, True, ["fell", "worsened", "worse than"]),
        (
            0.0,
            2.0,
            True,
            ["did not clearly change"] * 2 + ["not clearly different from"],
        ),  # the limit is no change
        (-1.0, 2.0, False, ["did not clearly change"] * 2 + ["not clearly different from"]),
        *(
            (low, None, up, ["cannot be said to have changed"] * 2 + ["not comparable with"])
            for low in (None, -2.0)
            for up in (True, False)
        ),  # no interval is not one that holds zero
        (1.0, 3.0, None, ["rose", None, None]),  # nobody said what is better: nothing improves
    ],
)
def test_words_follow_the_results(low, high, better, expected):
    assert words(low, high, better=better) == expected


def test_an_interval_that_is_not_told_leaves_no_empty_brackets_and_no_word_on_what_it_says():
    shared = {
        "unit": "proportion",
        "n": 40,
        "n_missing": 0,
        "method": "Wilson",
        "notebook": "x",
        "variable": "a",
    }
    rows = [
        {
            **shared,
            "result_id": f"cure.fas.a.all.all.{name}",
            "statistic": name,
            "value": value,
            "status": status,
        }
        for name, value, status in (
            ("estimate", 0.5, "estimated"),
            ("conf_low", None, "suppressed"),
            ("conf_high", None, "suppressed"),
            ("p_value", None, "suppressed"),
        )
    ]
    told = formatted(rows, {})["cure"]["fas"]["a"]["all"]["all"]
    assert told["with_ci"] == told["estimate"] == "50.0\u00a0%"
    assert {told[name] for name in ("ci", "moved", "p")} == {"[s]"}


ODDS = [  # estimate and interval of a ratio, and the list that it stands in
    ("CDAI, per 5 points", 0.62, 0.51, 0.75),  # below 1
    ("ACPA positive", 1.95, 0.86, 4.46),  # on both sides
    ("Age, per 10 years", 1.4, 1.1, 1.8),  # above 1
    ("Women", 1.9, 1.0, 3.5),  # its limit is 1: undecided
]


def test_an_id_with_each_in_it_lists_the_ratios_by_where_their_interval_lies():
    rows = [
        row(f"odds.all.v{n}.all.all.{name}", value, unit="odds ratio", note=label)
        for n, (label, *values) in enumerate(ODDS)
        for name, value in zip(("estimate", "conf_low", "conf_high"), values, strict=True)
    ]
    lists = {word: f"odds.all.each.all.all.{word}" for word in ("lowered", "raised", "undecided")}
    found = {word: text(rows, ident, used=list(lists.values())) for word, ident in lists.items()}
    assert re.sub(r"\[|\]\{[^}]*\}", "", found["lowered"]).startswith("CDAI, per 5 points: 0.62")
    assert "age, per 10 years: " in found["raised"]
    assert found["undecided"] == "ACPA positive; women"


def test_an_id_with_each_in_it_counts_the_most_first_and_names_those_of_which_there_is_none():
    kinds = {"zoster": ("Herpes zoster", 5.0), "tb": ("Tuberculosis", 0.0), "cytopenia": ("Cytopenia", 15.0)}
    rows = [
        row(f"ae.all.special_{name}.all.all.count", value, note=label)
        for name, (label, value) in kinds.items()
    ]
    rows += [row("ae.all.special_hidden.all.all.count", None, note="Malignancy", status="suppressed")]
    counted, absent, other = (
        f"ae.all.{name}.all.all.{word}"
        for name, word in (("special_each", "counted"), ("special_each", "absent"), ("other_each", "counted"))
    )
    found = {
        name: re.sub(r"\]?\{[^}]*\}", "", text(rows, name, used=[counted, absent, other]))
        for name in (counted, absent, other)
    }
    assert re.findall(r"cytopenia|herpes zoster|malignancy|tuberculosis", found[counted]) == [
        "cytopenia",
        "herpes zoster",
        "malignancy",
    ]
    assert found[counted] == "cytopenia ([15), herpes zoster ([5), malignancy ([[s])"
    assert found[absent] == "tuberculosis"
    assert found[other] == "none"


def test_a_list_of_ratios_says_that_some_are_not_told_and_never_that_there_are_none_then():
    from pipeline.lists import of_several

    limits = {  # low, high, status
        "age": (1.1, 2.0, "estimated"),
        "sex": (None, None, "suppressed"),
        "crp": (0.5, 1.5, "estimated"),
    }
    rows = {
        f"predictor.cohort.{name}.all.all.{statistic}": {"note": name, "value": value, "status": status}
        for name, (low, high, status) in limits.items()
        for statistic, value in (("estimate", 1.0), ("conf_low", low), ("conf_high", high))
    }
    said = {
        side: of_several(f"predictor.cohort.each.all.all.{side}", rows, told=lambda ident: "1.4")
        for side in ("raised", "lowered", "undecided")
    }
    assert said == {"raised": "age: 1.4; [s]", "lowered": "[s]", "undecided": "crp; [s]"}


def test_days_from_the_least_to_the_most_are_one_number_where_they_are_one():
    place = "deaths.fas.study_day.all.all"
    one, two = (
        [row(f"{place}.min", 120.0, kind="extreme"), row(f"{place}.max", most, kind="extreme")]
        for most in (120.0, 160.0)
    )
    assert text(one, f"{place}.span") == "120"
    assert text(two, f"{place}.span").replace("\u00a0", " ") == "120 to 160"
    hidden = [two[0], {**two[1], "status": "suppressed"}]
    assert text(hidden, f"{place}.span") == "[s]"


def test_a_note_in_the_language_of_the_report_is_a_name_as_well():
    with speaking("zh", level=0.95):
        one = row("ae.safety.death.all.all.count", 1.0, note="死亡")
        assert of_what(one, {})["variable"] == "死亡"
