"""The pages of `study watch`: for a browser that knows the token, on this machine, and nobody else."""

import http.client
import json
import threading

import pytest

from pipeline.project import Project
from pipeline.warm.pages import Pages

REPORTS = ["tiny/interim", "tiny/final"]


@pytest.fixture
def pages(tmp_path):
    project = Project(tmp_path)
    page = project.site / "tiny" / "interim" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>19 subjects</p>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("data", encoding="utf-8")
    with Pages(project, REPORTS) as served:
        yield served


def get(pages: Pages, path: str, **headers: str) -> tuple[int, str, dict]:
    line = http.client.HTTPConnection("127.0.0.1", pages.port, timeout=10)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    found = answer.status, answer.read().decode(), dict(answer.getheaders())
    line.close()
    return found


@pytest.mark.parametrize("path", ["/", "/wrong/", "/wrong/site/tiny/interim/index.html", "/news"])
def test_without_the_token_there_is_nothing(pages, path):
    assert get(pages, path)[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:80", ""])
def test_a_name_that_leads_here_from_elsewhere_is_refused(pages, host):
    assert get(pages, f"/{pages.token}/", Host=host)[0] == 403


def test_the_page_around_lists_the_reports_and_the_page_itself_is_as_published(pages):
    status, text, headers = get(pages, f"/{pages.token}/")
    assert status == 200 and json.dumps(REPORTS) in text
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
    assert get(pages, f"/{pages.token}/site/tiny/interim/")[1] == "<p>19 subjects</p>"
    assert get(pages, f"/{pages.token}/site/tiny/interim/index.html")[1] == "<p>19 subjects</p>"


@pytest.mark.parametrize(
    "path", ["site/../../secret.txt", "site/%2e%2e/%2e%2e/secret.txt", "site//etc/passwd", "secret.txt"]
)
def test_nothing_outside_the_site_is_served(pages, path):
    status, text, _ = get(pages, f"/{pages.token}/{path}")
    assert status == 404 and "data" not in text


def test_it_listens_on_the_loopback_interface_alone(pages):
    assert pages._server.server_address[0] == "127.0.0.1"


def test_the_token_is_another_one_at_each_start_unless_it_is_handed_on(tmp_path):
    tokens = {Pages(Project(tmp_path), REPORTS).token for _ in range(3)}
    assert len(tokens) == 3 and min(map(len, tokens)) >= 32
    assert Pages(Project(tmp_path), REPORTS, token="kept").token == "kept"


def test_news_reach_a_browser_that_listens(pages):
    line = http.client.HTTPConnection("127.0.0.1", pages.port, timeout=10)
    line.request("GET", f"/{pages.token}/news")
    answer = line.getresponse()
    threading.Timer(0.05, pages.tell, ("failed", "line 3: no such key")).start()
    told = json.loads(answer.readline().decode().removeprefix("data: "))
    assert told == {"state": "failed", "text": "line 3: no such key"}
    line.close()


def test_only_news_that_are_newer_are_told(pages):
    pages.tell("rendering")
    number, state, _ = pages.news(0)
    assert state == "rendering"
    assert pages.news(number, within=0.01) is None
    pages.tell("ready", "0.9 s")
    assert pages.news(number)[1:] == ("ready", "0.9 s")
