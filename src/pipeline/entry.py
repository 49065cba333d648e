"""Where the command `study` begins: a process that stayed warm does it, else this one does."""

import sys

from pipeline import handed


def main() -> None:
    """The command line, answered where that is fastest."""
    code = handed.answered(sys.argv[1:])
    if code is not None:
        sys.exit(code)
    from pipeline import cli

    handed.command = cli.main
    cli.main()
