"""Papers beside the reports: the plan of analysis (`study sap`) and the draft of a manuscript (`study manuscript`).

Both are written from what the reports are written from: the study file, the list of criteria, the text of the final
report, its notebooks as they were last run. Numbers are results by their ids, formatted by the same shortcodes.
"""
