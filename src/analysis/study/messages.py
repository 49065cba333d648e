"""What pydantic found wrong, in the words of the file's reader."""

from collections.abc import Mapping
from typing import Any, get_args

from analysis.columns import nearest


def message_of(model: type, item: Mapping[str, Any]) -> str:
    """What is wrong, in the words of the file's reader."""
    kind, given = item["type"], item.get("input")
    if kind == "extra_forbidden":
        return f"unknown key{nearest(item['loc'][-1], _keys(model, item['loc'][:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        allowed = [word.strip(" '") for word in item["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"'{given}' is not one of {', '.join(allowed)}{nearest(str(given), allowed)}"
    if kind == "string_type" and given is None:
        return "is empty"
    return (
        item["msg"][0].lower() + item["msg"][1:] + (f" (given: '{given}')" if isinstance(given, str) else "")
    )


def _keys(model, place) -> list[str]:
    """The keys the model at a place knows."""
    for step in place:
        if isinstance(step, int):
            continue
        field = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        inner = _model_in(field.annotation) if field else None
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation):
    """The section inside list[...], dict[...], Optional and Annotated, if there is one."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
