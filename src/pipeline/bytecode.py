"""Where the code of a snapshot is kept compiled: in a folder of its own, for the snapshot goes with its run.

All other code is kept where Python always keeps it, so that the first render of a checkout does not compile the
libraries a second time.
"""

import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path


def keep(folder: Path, below: Path) -> None:
    """Keep in `folder` what is compiled of the modules that lie below a folder; for the whole process.

    Parameters
    ----------
    folder : Path
        Made when the first module is compiled.
    below : Path
        The folder that holds the packages, as it stands in `sys.path`.
    """

    class Kept(SourceFileLoader):
        """Loads a module, and keeps what it compiles in the folder."""

        def get_code(self, fullname: str):
            """The compiled code of a module."""
            before, sys.pycache_prefix = sys.pycache_prefix, str(folder)
            try:
                return super().get_code(fullname)
            finally:
                sys.pycache_prefix = before

    found = FileFinder.path_hook((Kept, SOURCE_SUFFIXES))

    def finder(path: str):
        if not Path(path).is_relative_to(below):
            raise ImportError(f"{path} does not lie below {below}")
        return found(path)

    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()
