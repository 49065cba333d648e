"""Functions named as ``package.module:name``: run here, or run to tell what they raised."""

import importlib


def run(function: str, arguments: dict) -> None:
    """Run a function that is named as ``package.module:name``."""
    module, _, name = function.partition(":")
    getattr(importlib.import_module(module), name)(**arguments)


def outcome(function: str, arguments: dict) -> dict:
    """Run a function and say what it raised: class and message, empty when it raised nothing."""
    try:
        run(function, arguments)
    except MemoryError:
        return {
            "kind": "MemoryError",
            "message": "MemoryError: more memory was asked for than the limit allows",
        }
    except Exception as error:
        return {"kind": type(error).__name__, "message": str(error)}
    return {"kind": "", "message": ""}
