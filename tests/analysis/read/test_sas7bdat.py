"""SAS data sets as SAS writes them: no library writes them, so public ones are read where they are at hand.

`SAS7BDAT_SAMPLES` names a folder with `sample.sas7bdat` and `sample_bincompressed.sas7bdat`, which pyreadstat's source
distribution has under `test_data/basic`.
"""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from written_exports import outcome

BODY = """\
sources: [{id: x, type: sas, path: x.sas7bdat}]
variables: {v: {table: subjects, type: float, label: V}}
tables: {subjects: [{from: x, columns: {subject_id: mychar, v: mynum, consent_date: mydate, baseline_date: dtime}}]}
"""


@pytest.mark.parametrize("name", ["sample", "sample_bincompressed"])
def test_a_data_set_of_sas_is_read_with_its_dates(tmp_path, name):
    file = Path(os.environ.get("SAS7BDAT_SAMPLES", "-")) / f"{name}.sas7bdat"
    if not file.is_file():
        pytest.skip("SAS7BDAT_SAMPLES names no folder with public SAS data sets")
    shutil.copy(file, tmp_path / "x.sas7bdat")
    read = outcome(tmp_path, BODY)
    subjects = read.tables["subjects"]
    assert subjects["subject_id"].tolist() == ["A", "B", "C", "D", "E"]
    assert subjects["v"].tolist() == [1.1, 1.2, -1000.3, -1.4, 1000.3]
    for when in ("consent_date", "baseline_date"):
        days = subjects[when].dt.strftime("%Y-%m-%d").fillna("").tolist()
        assert days == ["2018-05-06", "", "1960-01-01", "", ""]  # before 1900 nobody was in a study
        assert read.queries.query("variable == @when and rule_id == 'D6'")["raw"].str[:4].tolist() == [
            "1880",
            "1583",
        ]
    assert np.isnan(subjects["v"]).sum() == 0
