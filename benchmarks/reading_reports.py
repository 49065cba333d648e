"""How long the reports are to read: words, exhibits, screens, and the way to the first estimate.

    python benchmarks/reading_reports.py reports/_site

For every page of every report below a site's folder: words of its prose (paragraphs and items, without captions and
tables) and all its words, in Chinese characters; numbered tables and figures; screens at a desk (1280 x 800) and on a
phone (390 x 844); what stands before the first interval of confidence, in seconds at 240 words or 255 characters a
minute; and whether that interval is seen before anybody scrolls. Needs Chromium and playwright.

Words and numbers in Latin script count as one beside the characters. The speed of reading Chinese is that of the
International Reading Speed Texts (Trauzettel-Klosinski and Dietz 2012, doi:10.1167/iovs.11-8284).
"""

import re
import shutil
import sys
from pathlib import Path

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
A_SECOND = {"en": 240 / 60, "zh": 255 / 60}
INTERVAL = re.compile(r"\d+(?:\.\d+)?(?:\s%\sCI\s|%CI：)")
READ = re.compile(r"[\u3400-\u9fff]|[^\s\u3000-\u9fff\uff00-\uffef]+")  # a character, or a word beside them
MEASURE = """() => {
  const read = /\\p{Script=Han}|[^\\s\\p{Script=Han}\\u3000-\\u303f\\uff00-\\uffef]+/gu;
  const words = text => (text.match(read) || []).length;
  const prose = [...document.querySelectorAll('main p, main li, .first-screen p, .first-screen li')]
    .filter(one => !one.closest('figure, .quarto-float, table, #refs, .downloads, nav'));
  document.querySelectorAll('details').forEach(one => { if (!one.closest('nav')) one.open = false; });
  return {
    prose: prose.reduce((sum, one) => sum + words(one.innerText), 0),
    words: words(document.querySelector('main').innerText),
    exhibits: document.querySelectorAll('figure.quarto-float').length,
    height: document.documentElement.scrollHeight,
    text: document.body.innerText,
    language: document.documentElement.lang,
  };
}"""
SEEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (/\\s%\\sCI\\s|%CI：/.test(node.data) && !node.parentElement.closest('script, style')) {
      return node.parentElement.getBoundingClientRect().bottom;
    }
  }
  return 1e9;
}"""


def measured(browser, file: Path) -> dict[str, object]:
    """What one page asks of its reader."""
    found: dict[str, object] = {}
    for name, (width, height) in SIZES.items():
        page = browser.new_context(viewport={"width": width, "height": height}, offline=True).new_page()
        page.goto(file.resolve().as_uri(), timeout=180_000)  # on a busy machine, too
        told = page.evaluate(MEASURE)
        found[f"{name} screens"] = round(told["height"] / height, 1)
        found[f"seen at once, {name}"] = page.evaluate(SEEN) <= height
        page.context.close()
    first = INTERVAL.search(told["text"])
    before = len(READ.findall(told["text"][: first.start()])) if first else None
    seconds = None if before is None else round(before / A_SECOND[told["language"][:2]])
    return {**{key: told[key] for key in ("prose", "words", "exhibits")}, **found, "seconds to it": seconds}


def main(site: Path) -> None:
    """Print a table of all pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            args=["--headless", "--no-sandbox"], executable_path=shutil.which("chromium")
        )
        head = None
        for file in sorted(site.glob("*/*/*.html")):
            row = {"page": file.relative_to(site).as_posix(), **measured(browser, file)}
            if head is None:
                head = list(row)
                print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
            print("| " + " | ".join(str(row[name]) for name in head) + " |")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "reports/_site"))
