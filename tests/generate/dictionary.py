"""The data dictionary of a study, written from the declarations of its exports."""

FIELDS = [
    "file",
    "column",
    "label",
    "type",
    "unit",
    "min",
    "max",
    "codes",
    "missing_codes",
    "cdisc",
    "tidy",
    "identifier",
    "encoding",
    "row_is",
]


def dictionary_rows(sources) -> list[list[str]]:
    """One row per column of each export, header first."""
    return [FIELDS] + [_row(source, column) for source in sources for column in source.columns]


def _row(source, column):
    bounds = ["" if bound is None else f"{bound:g}" for bound in (column.low, column.high)]
    described = [column.name, column.label, column.type, column.unit, *bounds, column.codes, column.missing]
    return [
        source.file,
        *described,
        column.cdisc,
        column.tidy,
        "yes" if column.identifier else "",
        source.encoding,
        source.row_is,
    ]
