"""Runs that are kept: an immutable folder per published report, with what it was made from and what was made."""
