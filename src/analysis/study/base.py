"""What all models of the study files share: no unknown key, text in, strict dates."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from analysis.study.document import plain


class Section(BaseModel):
    """One section of a study file. A key it does not declare is an error; a section never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


def _iso_date(value):
    """Accept a real calendar date written YYYY-MM-DD, nothing else."""
    if value is None or isinstance(value, date):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        raise PydanticCustomError("iso_date", "must be a date written YYYY-MM-DD")
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise PydanticCustomError("iso_date", "is no day of the calendar") from None


def _yes_no(value):
    """Accept true and false (or yes and no) as words."""
    words = {"true": True, "yes": True, "false": False, "no": False}
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("yes_no", "must be true or false")


def one_or_more(value: object) -> object:
    """A single item where a list is expected."""
    return [value] if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_iso_date)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Free = Annotated[dict[str, Any], BeforeValidator(plain)]
Words = Annotated[list[str], BeforeValidator(one_or_more)]
