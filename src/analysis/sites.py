"""One site of a study: its patients, the rows that are theirs, and the tables cut to them.

Every patient belongs to one site or to none; nobody is left out in silence. A site that the study file does not name
stops the reading, a patient without a site is asked about and counted in the report of all sites only.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.columns import nearest
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study

SHOWN = 6


def site_of_each(subjects: pd.DataFrame, *, study: "Study") -> pd.Series:
    """The site of each patient, by subject id; missing where none is recorded.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject on record.
    study : analysis.study.Study
        A study with `sites`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> study = SimpleNamespace(sites=SimpleNamespace(variable="site"))
    >>> people = pd.DataFrame({"subject_id": ["a", "b", "c"], "site": ["north ", " ", None]})
    >>> site_of_each(people, study=study).fillna("none").to_dict()
    {'a': 'north', 'b': 'none', 'c': 'none'}
    """
    written = subjects[study.sites.variable].astype("string")  # type: ignore[union-attr]
    sites = written.str.normalize("NFC").str.strip()
    return sites.mask(sites.eq("")).set_axis(subjects["subject_id"]).rename("site")


def unnamed_sites(subjects: pd.DataFrame, *, study: "Study") -> Iterator[tuple[tuple, str]]:
    """What the data say of sites and the study file does not know: place in the study file, and what to tell."""
    if study.sites is None:
        return
    named, column = study.sites.named, study.sites.variable
    if column not in subjects:
        yield (
            ("sites", "variable"),
            f"no block of subjects fills '{column}'; map the column that holds the site to it",
        )
        return
    counts = site_of_each(subjects, study=study).value_counts()
    if unknown := [site for site in counts.index if site not in named]:
        shown = ", ".join(f"'{site}' ({counts[site]} patients)" for site in unknown[:SHOWN])
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        yield (
            ("sites", "named"),
            f"the data have sites that are not named here: {shown}{more}{nearest(unknown[0], named)}. Name each, or "
            "say by `codes:` where the column is mapped which site it is",
        )


def patients_by_site(subjects: pd.DataFrame, *, study: "Study") -> dict[str, int]:
    """How many patients on record each site of the study file has, and ``""`` those without one; they add up to all.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> study = SimpleNamespace(sites=SimpleNamespace(variable="site", named={"north": None, "south": None}))
    >>> patients_by_site(pd.DataFrame({"subject_id": ["a", "b"], "site": ["north", None]}), study=study)
    {'north': 1, 'south': 0, '': 1}
    """
    counts = site_of_each(subjects, study=study).fillna("").value_counts()
    return {site: int(counts.get(site, 0)) for site in (*study.sites.named, "")}  # type: ignore[union-attr]


def without_site(subjects: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """Patients without a site as findings for the query log, as `analysis.read.with_queries` takes them."""
    sites = site_of_each(subjects, study=study)
    lost = subjects[sites.isna().to_numpy()]
    told = {"table": "subjects", "visit_id": "", "variable": study.sites.variable, "rule_id": "K11"}  # type: ignore[union-attr]
    origin = lost.reindex(columns=["subject_id", "source", "source_row"])
    return origin.assign(**told, raw="", new="", message="no site: counted in the report of all sites only")


def of_site(tables: Mapping[str, pd.DataFrame], ids: pd.Index) -> dict[str, pd.DataFrame]:
    """Tables with the rows of these patients alone, in their order; a table that is of nobody stays as it is."""
    return {
        name: table[among(table["subject_id"], ids)].reset_index(drop=True)
        if "subject_id" in table
        else table
        for name, table in tables.items()
    }


def accounting_of(fates: pd.DataFrame, accounting: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Rows read, used and set aside (by reason) of these patients, block by block as for all; they add up.

    Parameters
    ----------
    fates : DataFrame
        Of every source row, see `analysis.read.table.fates_of_rows`.
    accounting : DataFrame
        The accounting of all sites, for its blocks.
    ids : Index
        The patients.
    """
    own = fates[among(fates["subject_id"], ids)]
    blocks = accounting.loc[accounting["kind"].eq("read"), ["table", "source", "block"]]
    lines = []
    for head in blocks.to_dict("records"):
        rows = own[own["table"].eq(head["table"]) & own["block"].eq(head["block"])]
        if rows.empty:
            continue
        aside = rows["reason"].value_counts().sort_index()
        lines += [{**head, "kind": "read", "reason": "", "n": len(rows)}]
        lines += [{**head, "kind": "used", "reason": "", "n": int(rows["reason"].isna().sum())}]
        lines += [{**head, "kind": "set aside", "reason": why, "n": int(n)} for why, n in aside.items()]
    return pd.DataFrame(lines, columns=accounting.columns).astype(accounting.dtypes.to_dict())


def sources_of(fates: pd.DataFrame, sources: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """For each source with rows of these patients, once however many blocks use it: rows, and those used by any."""
    own = fates[among(fates["subject_id"], ids)]
    rows = own.groupby("source")["place"].nunique()
    used = own[own["reason"].isna()].groupby("source")["place"].nunique()
    told = sources[sources["source"].isin(rows.index)]
    counts = told["source"].map(rows).astype("int64"), told["source"].map(used).fillna(0).astype("int64")
    return told.assign(rows=counts[0], used=counts[1], set_aside=counts[0] - counts[1]).reset_index(drop=True)
