"""Nothing of this program listens on the network: doors are files of this machine, or 127.0.0.1 under a token."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[1] / "src"
OPENS = (
    "bind",
    "listen",
    "create_server",
    "start_server",
    "serve_forever",
    "HTTPServer",
    "ThreadingHTTPServer",
)
DOORS = {"pipeline/warm/pages.py", "pipeline/warm/staying.py", "pipeline/kernels/server.py"}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_only_three_modules_open_a_door_and_none_of_them_to_the_network():
    found = {}
    for file in sorted(SRC.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in OPENS:
                found.setdefault(file.relative_to(SRC).as_posix(), []).append(node)
            if isinstance(node, ast.Constant) and node.value in ("0.0.0.0", "::", ""):
                assert node.value == "", (file, node.lineno)
    assert set(found) == DOORS
    pages = [node for node in found["pipeline/warm/pages.py"] if called(node).endswith("Server")]
    assert [node.args[0].elts[0].value for node in pages] == ["127.0.0.1"]
    for door in DOORS - {"pipeline/warm/pages.py"}:
        assert "socket.AF_UNIX" in (SRC / door).read_text(encoding="utf-8")
