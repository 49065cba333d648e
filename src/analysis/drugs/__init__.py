"""Drugs of the studies: the dictionary (generic, Chinese, brand, ATC, class, mechanism) and the coding of names."""

from analysis.drugs.dictionary import dictionary, entries
from analysis.drugs.matching import match, uncoded

__all__ = ["dictionary", "entries", "match", "uncoded"]
