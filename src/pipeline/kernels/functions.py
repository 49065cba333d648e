"""Functions named as ``package.module:name``: run here, or run to tell what they raised."""

import importlib
from typing import Any


def run(function: str, arguments: dict) -> Any:
    """Run a function that is named as ``package.module:name``."""
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(**arguments)


def outcome(function: str, arguments: dict) -> dict:
    """Run a function and say what it returned, and what it raised: class and message, empty when it raised nothing."""
    try:
        value = run(function, arguments)
    except MemoryError:
        return {
            "kind": "MemoryError",
            "message": "MemoryError: more memory was asked for than the limit allows",
        }
    except Exception as error:
        return {"kind": type(error).__name__, "message": str(error)}
    return {"kind": "", "message": "", "value": value}
