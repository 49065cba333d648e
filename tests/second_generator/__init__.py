"""Patients written from the definitions and the habits of exports alone, with expected answers."""
