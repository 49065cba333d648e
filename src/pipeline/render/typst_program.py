"""The program that runs typst: nothing of this project is imported, so it starts at once."""

import sys


def main(source: str, output: str, root: str, *fonts: str) -> str | None:
    """Compile a typst file to PDF; what typst refuses."""
    import typst

    try:
        typst.compile(source, output=output, root=root, font_paths=list(fonts))
    except typst.TypstError as error:
        return str(getattr(error, "diagnostic", None) or error)
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
