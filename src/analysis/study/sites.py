"""The section `sites:` of a study file: who they are, and what each may see of the others."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

import re
import unicodedata
from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from analysis.references import SubjectColumn
from analysis.study.base import Section, Words

LONGEST = 60  # characters of a key: a folder's name has 255 bytes, a Chinese character three
KEY = re.compile(r"\w(?:[\w .()（）·-]*[\w)）])?")
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


def as_key(text: str) -> str:
    """The value of a site's column as the name of a folder is written: composed, without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def _key(value: str) -> str:
    """A site by its value in the data, which is the name of its folder, too."""
    fits = KEY.fullmatch(value) and len(value) <= LONGEST and value.lower() not in DEVICES
    if not fits or value.startswith("_") or as_key(value) != value:
        raise PydanticCustomError(
            "site_key",
            "cannot be the name of a folder: letters and digits of any script, blanks, _ . - and brackets may stand "
            "in it. Give the site another name by `codes:` where its column is mapped",
        )
    return value


SiteKey = Annotated[str, AfterValidator(_key)]


class Site(Section):
    """One site, by what it is called in reports; `site_a: Our clinic` is short for `site_a: {label: Our clinic}`."""

    label: str  # as its report shows it
    planned_n: Annotated[int, Field(ge=1)] | None = None  # participants planned at this site


def _short(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


class Sites(Section):
    """The sites of a study, each with a report of its own beside that of all; others are shown to it as a range."""

    variable: SubjectColumn = "site"  # column of subjects that holds the site
    named: Annotated[
        dict[SiteKey, Annotated[Site, BeforeValidator(_short)]], Field(min_length=1)
    ]  # every site, by its value in the data
    fewest_sites: Annotated[int, Field(ge=3)] = 5  # other sites from which on their range is shown
    fewest_patients: Annotated[int, Field(ge=3)] = 5  # a site with fewer behind a number is in no range of it
    fewest_reported: Annotated[int, Field(ge=2)] = (
        2  # with fewer patients a report says how many, and no more
    )
    compared: Words = []  # results shown beside the range of the others, by id; those of the text when empty

    @model_validator(mode="after")
    def _each_has_a_folder(self) -> "Sites":
        same = [name for name, n in Counter(key.casefold() for key in self.named).items() if n > 1]
        if same:
            raise PydanticCustomError(
                "site_key", f"two sites are called {same[0]} but for case, and would share a folder"
            )
        for label, n in Counter(site.label for site in self.named.values()).items():
            if n > 1:
                raise PydanticCustomError(
                    "site_label", f"two sites are called {label}; nobody could tell them apart"
                )
        return self
