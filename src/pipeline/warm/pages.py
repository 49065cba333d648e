"""The published pages in a browser of this machine, shown anew when they are rendered anew.

The server listens on 127.0.0.1 alone and answers only addresses that hold its token, which is drawn for each start:
other users of the machine and pages of other sites do not know it. The reports themselves are served as they were
published; the page around them listens for news.
"""

import json
import mimetypes
import secrets
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.project import Project

FRAME = Path(__file__).with_name("frame.html")
BEAT = 15  # seconds after which a silent line is kept awake
SAFE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Pages:
    """The server, and what it tells the browsers that listen.

    Parameters
    ----------
    project : Project
    reports : sequence of str
        ``study/report`` of each report that is watched.
    port : int
        0 takes a free one.
    token : str
        The token of an earlier start, so that its pages go on; a new one when empty.
    """

    def __init__(self, project: Project, reports: Sequence[str], *, port: int = 0, token: str = ""):
        self.project, self.reports = project, list(reports)
        self.token = token or secrets.token_urlsafe(24)
        self._news = threading.Condition()
        self._number, self._state, self._text = 0, "rendering", ""
        self._port = port
        self._server: ThreadingHTTPServer

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.server_address[1]

    @property
    def address(self) -> str:
        """Where a browser of this machine finds the pages."""
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    def __enter__(self) -> "Pages":
        handler = type("Handler", (_Handler,), {"pages": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def tell(self, state: str, text: str = "") -> None:
        """Tell every page that listens: rendering, ready or failed."""
        with self._news:
            self._number += 1
            self._state, self._text = state, text
            self._news.notify_all()

    def news(self, after: int, *, within: float = BEAT) -> tuple[int, str, str] | None:
        """The newest state when it is newer than `after`, waited for; None when nothing came."""
        with self._news:
            self._news.wait_for(lambda: self._number > after, timeout=within)
            return (self._number, self._state, self._text) if self._number > after else None

    def frame(self) -> bytes:
        """The page around the reports."""
        text = FRAME.read_text(encoding="utf-8")
        return text.replace("REPORTS", json.dumps(self.reports).replace("<", "\\u003c")).encode()

    def file(self, path: str) -> Path | None:
        """The file of the site that an address names; None when there is none, or it lies elsewhere."""
        file = (self.project.site / path).resolve()
        if file.is_dir():
            file = file / "index.html"
        inside = file.is_relative_to(self.project.site.resolve())
        return file if inside and file.is_file() else None


class _Handler(BaseHTTPRequestHandler):
    pages: Pages
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request of a browser that knows the token."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        _, token, *rest = unquote(urlsplit(self.path).path).split("/")
        if host not in ("127.0.0.1", "localhost") or not secrets.compare_digest(
            token.encode(), self.pages.token.encode()
        ):
            self._send(HTTPStatus.FORBIDDEN, b"not for you", "text/plain")
            return
        place = "/".join(rest)
        if place == "":
            self._send(HTTPStatus.OK, self.pages.frame(), "text/html; charset=utf-8")
        elif place == "news":
            self._stream()
        elif place.startswith("site/") and (file := self.pages.file(place.removeprefix("site/"))):
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self._send(HTTPStatus.OK, file.read_bytes(), kind)
        else:
            self._send(HTTPStatus.NOT_FOUND, b"there is no such page", "text/plain")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**SAFE, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        """News as they come, until the browser leaves."""
        self.send_response(HTTPStatus.OK)
        for name, value in {**SAFE, "Content-Type": "text/event-stream", "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        number = 0
        try:
            while True:
                if found := self.pages.news(number):
                    number, state, text = found
                    content = json.dumps({"state": state, "text": text})
                    self.wfile.write(f"data: {content}\n\n".encode())
                else:
                    self.wfile.write(b": still here\n\n")
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_) -> None:
        """Nothing is said of requests: their addresses hold the token."""
