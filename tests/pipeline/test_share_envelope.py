"""A sealed report opens in a browser, offline, for those who have a passphrase, and for nobody else."""

import json
import re

import pytest

from pipeline.project import UserError
from pipeline.render.page import digest
from pipeline.share.envelope import ITERATIONS, new_passphrase, unwrap, wrap

SCRIPT = 'document.title="ran"'
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    f"content=\"default-src 'none'; img-src data:; script-src {digest(SCRIPT)}\"><title>Report</title></head><body>"
    "<h1>头痛 & γ-GT</h1>"
    '<img alt="dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="><script>'
    f"{SCRIPT}</script><script>document.title='stranger'</script></body></html>"
)
FIRST, SECOND = "correct horse battery", "另一个够长的口令短语一二三"


@pytest.fixture(scope="module")
def sealed() -> str:
    return wrap(PAGE.encode("utf-8"), "report.html", [FIRST, SECOND])


def changed(page: str, key: str) -> str:
    """The page with one sign of a sealed part turned into another."""
    found = re.search(rf'"{key}": "(.)', page)
    other = "B" if found[1] == "A" else "A"
    return page[: found.start(1)] + other + page[found.end(1) :]


@pytest.mark.parametrize("passphrase", [FIRST, SECOND, f"  {FIRST} "])
def test_every_slot_opens_it(sealed, passphrase):
    assert unwrap(sealed, passphrase) == ("report.html", PAGE.encode("utf-8"))


def test_nothing_of_the_report_can_be_read_in_it(sealed):
    assert "头痛" not in sealed and FIRST not in sealed
    assert (
        json.loads(sealed.split('id="sealed">')[1].split("</script>")[0])["iterations"]
        == ITERATIONS
        >= 600_000
    )


def test_the_same_report_sealed_twice_shares_nothing(sealed):
    again = wrap(PAGE.encode(), "report.html", [FIRST])
    parts = [set(re.findall(r'"(?:salt|nonce|key|content)": "([^"]+)"', page)) for page in (sealed, again)]
    assert not parts[0] & parts[1]


@pytest.mark.parametrize(
    ("spoil", "passphrase", "message"),
    [
        (lambda page: page, "wrong passphrase", "does not open this file"),
        (lambda page: changed(page, "content"), FIRST, "was changed after it was sealed"),
        (lambda page: changed(page, "key"), FIRST, "does not open this file, or the file was changed"),
        (lambda page: page.replace('"iterations": 600000', '"iterations": 1000'), FIRST, "fewer iterations"),
        (lambda page: page[: len(page) // 3], FIRST, "cut short"),
        (lambda page: "<html></html>", FIRST, "is no file that"),
    ],
)
def test_a_wrong_passphrase_and_a_changed_file_are_told_apart(sealed, spoil, passphrase, message):
    with pytest.raises(UserError, match=message):
        unwrap(spoil(sealed), passphrase)


def test_a_short_passphrase_is_refused_and_a_made_one_is_long():
    with pytest.raises(UserError, match="12 characters"):
        wrap(b"x", "x.html", ["short"])
    assert len({new_passphrase() for _ in range(50)}) == 50


def typed(tab, passphrase: str):
    tab.fill("#passphrase", passphrase)
    tab.evaluate("document.getElementById('form').requestSubmit()")
    return tab


def test_it_opens_in_a_browser_offline_and_asks_for_nothing(sealed, tmp_path, open_page):
    file = tmp_path / "sealed.html"
    file.write_text(sealed, encoding="utf-8")
    tab = typed(open_page(file), SECOND)
    tab.wait_for_selector("h1:has-text('γ-GT')")
    assert tab.title() == "ran"  # the report's own script is allowed by its hash
    assert tab.evaluate("document.images[0].naturalWidth") == 1
    assert tab.asked == [file.resolve().as_uri()] + [url for url in tab.asked[1:] if url.startswith("data:")]
    assert all(
        "Content Security Policy" in line for line in tab.said
    )  # the stranger's script, which stays dead


@pytest.mark.parametrize(
    ("spoil", "passphrase", "message"),
    [
        (lambda page: page, "wrong passphrase", "does not open this file"),
        (lambda page: changed(page, "content"), FIRST, "was changed after it was sealed"),
        (
            lambda page: page.replace('"iterations": 600000', '"iterations": 1000'),
            FIRST,
            "was changed or cut short",
        ),
    ],
)
def test_the_page_says_plainly_why_it_does_not_open(sealed, tmp_path, open_page, spoil, passphrase, message):
    file = tmp_path / "sealed.html"
    file.write_text(spoil(sealed), encoding="utf-8")
    tab = typed(open_page(file), passphrase)
    tab.wait_for_selector(f"#answer:has-text('{message}')")


def test_with_scripts_off_it_says_how_to_open_it(sealed, tmp_path, open_page):
    file = tmp_path / "sealed.html"
    file.write_text(sealed, encoding="utf-8")
    tab = open_page(file, java_script_enabled=False)
    assert "study open FILE" in tab.locator("noscript").inner_text() or "study open" in tab.content()
