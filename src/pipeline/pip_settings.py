"""What pip knows of mirrors, certificates and proxies, told to uv, which does not read pip's settings.

Run by the Makefile before anything is installed, so it needs nothing but pip itself:

    eval "$(.venv/bin/python src/pipeline/pip_settings.py)"; .venv/bin/uv pip install ...
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}


def for_uv(listed: str, known: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Settings of uv for those that ``pip config list`` shows.

    Parameters
    ----------
    listed : str
        What ``pip config list`` wrote: a line ``place.name='value'`` per setting, the stronger ones last.
    known : mapping of str to str
        The environment; what stands in it already is left alone.

    Examples
    --------
    >>> for_uv("global.index-url='https://mirror/simple'", known={})
    {'UV_DEFAULT_INDEX': 'https://mirror/simple'}
    """
    found = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = NAMES.get(key.rpartition(".")[2])
        parts = [part for part in value.strip().strip("'\"").replace("\\n", " ").split() if _is_there(part)]
        if name and parts and name not in known:
            found[name] = (" " if name in ("UV_INDEX", "UV_INSECURE_HOST") else ",").join(parts)
    if "UV_INDEX" in found:
        found["UV_INDEX_STRATEGY"] = (
            "unsafe-best-match"  # as pip looks; what is installed is fixed by its hash
        )
    return found


def _is_there(part: str) -> bool:
    """Whether a folder named by a setting exists; addresses on the network are believed."""
    if part.startswith("file:"):
        return Path(part.removeprefix("file://")).exists()
    return not part.startswith("/") or Path(part).exists()


def main() -> None:
    """Print the settings as lines for a shell; pip's failure leaves uv as it is."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for name, value in for_uv(asked.stdout).items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
