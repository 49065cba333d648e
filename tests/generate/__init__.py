"""Synthetic example exports of the two registered studies. No real patient is described."""
