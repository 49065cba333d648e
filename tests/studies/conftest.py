"""The rendered studies that these tests share."""

from pathlib import Path

import pytest
from checkout import Checkout, auranofin, lay_out, made_once, rendered, work

__all__ = ["auranofin", "cdisc", "work"]

PILOT = Path(__file__).parent / "cdisc_pilot"


@pytest.fixture(scope="session")
def cdisc(shared_data, tmp_path_factory) -> Checkout:
    """The CDISC pilot through the whole pipeline, interim and final: its own study file and report, the same code."""

    def make(folder: Path) -> Checkout:
        made = lay_out(folder, {"cdisc_pilot": (PILOT, PILOT / "report")})
        for name in ("adsl", "adas_total", "adae"):
            (folder / f"cdisc_{name}.csv").symlink_to(shared_data / f"cdisc_{name}.csv")
        return made

    with made_once(tmp_path_factory, "cdisc") as (folder, fresh):
        return rendered(folder, fresh, make)
