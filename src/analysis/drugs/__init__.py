"""Drugs of the studies: the dictionary (generic, Chinese, brand, ATC, class, mechanism), names and prescriptions."""

from analysis.drugs.dictionary import CLASSES, dictionary, entries
from analysis.drugs.matching import candidates, match, own_names, uncoded
from analysis.drugs.prescriptions import dose_keys, doses_a_day, given_once, is_frequency, milligrams

__all__ = [
    "CLASSES",
    "candidates",
    "dictionary",
    "dose_keys",
    "doses_a_day",
    "entries",
    "given_once",
    "is_frequency",
    "match",
    "milligrams",
    "own_names",
    "uncoded",
]
