"""Kinds of output that notebooks hand to the pipeline and no program shows."""

OWN = "application/vnd.study."
RESULTS = f"{OWN}results+json"  # rows of the results table
MARKS = f"{OWN}marks+json"  # what sharing must know of an output
FIGURE = f"{OWN}figure+json"  # what a page puts around a figure
INTERVALS = f"{OWN}intervals+json"  # what a page draws beside the estimates of a table
