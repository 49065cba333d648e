"""Drugs of the studies: the dictionary (generic, Chinese, brand, ATC, class, mechanism) and the coding of names."""

from analysis.drugs.dictionary import CLASSES, dictionary, entries
from analysis.drugs.matching import candidates, match, own_names, uncoded

__all__ = ["CLASSES", "candidates", "dictionary", "entries", "match", "own_names", "uncoded"]
