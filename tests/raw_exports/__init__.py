"""Patients as clinics' programs export them, with the answers that the definitions give.

Written from the reference of definitions and the habits of real exports, by somebody who had not read the rules of this
project. Nothing here imports from `src`: the truth of a patient is drawn, its answers are worked out from the text of
the definitions, and its rows are written as a program would write them.
"""
