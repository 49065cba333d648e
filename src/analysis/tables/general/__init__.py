"""Tables of the general notebooks, which ask nothing of a disease: a module beside each of its summaries."""
