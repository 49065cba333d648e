"""Covariates as columns of numbers with names."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.identified import check_independent
from analysis.inputs import NotEstimable


def design_of(
    rows: pd.DataFrame, covariates: Sequence[str], references: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Intercept and covariates: numbers as they are, text and categories as indicators named column=level.

    Parameters
    ----------
    rows : DataFrame
        Complete rows.
    covariates : sequence of str
        Columns to use; "a:b" is the product of all columns made from a and from b.
    references : mapping, optional
        Column to its reference level; the first level in order otherwise.

    Raises
    ------
    NotEstimable
        For columns that the others make up.
    ValueError
        For an unknown reference level.
    """
    if not len(rows):
        raise NotEstimable("no row is complete: outcome and covariates are never known together")
    blocks = {}
    for name in dict.fromkeys(part for covariate in covariates for part in covariate.split(":")):
        blocks[name] = _columns(rows[name], (references or {}).get(name))
    parts = [pd.DataFrame({"(intercept)": 1.0}, index=rows.index)]
    for covariate in covariates:
        block = blocks[covariate.split(":")[0]]
        for other in covariate.split(":")[1:]:
            block = _crossed(block, blocks[other])
        parts.append(block)
    design = pd.concat(parts, axis=1)
    check_independent(design.to_numpy(), design.columns)
    return design


def _columns(values, reference):
    """One column of numbers, or indicators of all levels but the reference."""
    levels = values.unique()
    if pd.api.types.is_numeric_dtype(values) and reference is None:
        return values.astype(float).to_frame()
    ordered = sorted(levels, key=str) if values.dtype != "category" else list(values.cat.categories)
    first = ordered[0] if reference is None else reference
    if first not in ordered:
        raise ValueError(f"reference {first!r} of {values.name!r} is not among {ordered}")
    others = [level for level in ordered if level != first]
    return pd.DataFrame(
        {f"{values.name}={level}": (values == level).astype(float) for level in others}, index=values.index
    )


def _crossed(block, other):
    """Products of every column of one block with every column of the other."""
    return pd.DataFrame({f"{a}:{b}": block[a] * other[b] for b in other for a in block}, index=block.index)


def names_of(covariates: Any) -> list[str]:
    """The columns that covariates and their products are made of."""
    return list(dict.fromkeys(part for covariate in covariates for part in covariate.split(":")))


def orthogonal(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the same space without unit or correlation, and the triangle that leads back: design = Q R.

    What is fitted to Q does not depend on the unit or origin of a covariate; coefficients are R^-1 times those of Q.
    """
    columns, triangle = np.linalg.qr(design)
    root = np.sqrt(len(design))
    return columns * root, triangle / root
