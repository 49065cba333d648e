"""What processes import on their way, so that the fork server has it before it forks them."""

from collections.abc import Iterable

DERIVING = (
    "pandas",
    "pyarrow.parquet",
    "analysis.datasets",
    "analysis.eligibility",
    "analysis.read.outcome",
    "analysis.scoring",
    "analysis.study.checks",
    "pipeline.prepare",
)
OF_CALLS = {
    "pipeline.prepare": DERIVING,
    "pipeline.cut": (*DERIVING, "pipeline.cut"),
    "pipeline.publish.disclosure": (
        "pyarrow.parquet",
        "pipeline.publish.disclosure",
        "pipeline.share.page",
        "pipeline.share.profiles",
        "pipeline.share.scan",
        "pipeline.share.values",
    ),
    "pipeline.compare.patients": ("pandas", "pyarrow.dataset", "pipeline.compare.patients"),
}
OF_KERNELS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "ipykernel.zmqshell",
    "pipeline.kernels.kernel",
    "IPython.core.completer",
    "pandas",
    "pyarrow.dataset",
    "analysis.language.known",
)
OF_LIBRARIES = {  # what the project's code imports of them when it first needs them, in nearly every notebook
    "matplotlib": ("pipeline.kernels.drawing", "matplotlib_inline.backend_inline"),
    "scipy": ("scipy.stats", "scipy.optimize"),
}


def of_call(function: str) -> list[str]:
    """What a function named as ``package.module:name`` needs."""
    module = function.partition(":")[0]
    return list(OF_CALLS.get(module, (module,)))


def of_notebook(names: Iterable[str], libraries: Iterable[str]) -> list[str]:
    """What a notebook needs that imports these modules of the project and reaches code that uses these libraries."""
    reached = {name.partition(".")[0] for name in libraries}
    used = [module for library in sorted(reached & OF_LIBRARIES.keys()) for module in OF_LIBRARIES[library]]
    return [*OF_KERNELS, *used, *sorted(names)]
