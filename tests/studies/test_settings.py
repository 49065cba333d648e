"""Settings of the two studies: every key is known, and a label says the scale it names."""

from copy import deepcopy

import pytest
from pydantic import ValidationError

from analysis.study.document import load
from studies.arthritis import settings as arthritis
from studies.arthritis.settings import Covariate
from studies.myositis import settings as myositis

STUDIES = [("ra_cohort", arthritis.Settings, 150), ("dm_abatacept", myositis.Settings, 25)]


def keys_of(tree, place=()):
    """The place of every key below a part of a document."""
    for key, inner in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(tree, dict):
            yield (*place, key)
        if isinstance(inner, dict | list):
            yield from keys_of(inner, (*place, key))


def misspelt(tree, place):
    """A copy of a part of a document with one key spelt otherwise."""
    made = inside = deepcopy(tree)
    for step in place[:-1]:
        inside = inside[step]
    inside[f"{place[-1]}x"] = inside.pop(place[-1])
    return made


@pytest.mark.parametrize(("name", "model", "keys"), STUDIES)
def test_every_misspelt_key_of_the_settings_is_refused(root, name, model, keys):
    """The kinds of event and the variables that the user names are no keys: `study check` looks them up."""
    tree = load(root / "params" / name / "study.yml").tree["settings"]
    places = [p for p in keys_of(tree) if p[0] != "intercurrent" and p[:-1] != ("regression_to_mean",)]
    for place in places:
        with pytest.raises(ValidationError, match=f"{place[-1]}x"):
            model.model_validate(misspelt(tree, place))
    assert len(places) > keys


@pytest.mark.parametrize(
    ("scale", "name"),
    [
        ({"per": 10, "unit": "years"}, "Age, per 10 years"),
        ({"unit": "year"}, "Age, per year"),
        ({"log2": True}, "Age, per doubling"),
        ({}, "Age"),
    ],
)
def test_the_label_of_a_predictor_says_its_scale(scale, name):
    assert Covariate(variable="age", label="Age", **scale).name == name


@pytest.mark.parametrize("scale", [{"per": 10}, {"log2": True, "per": 10, "unit": "years"}, {"per": 0}])
def test_a_scale_without_words_or_with_two_is_refused(scale):
    with pytest.raises(ValueError, match=r"`per`|greater than 0"):
        Covariate(variable="age", label="Age", **scale)
