"""The machinery around the science: plan, kernels, Papermill, renderers, publishing, command line."""

import sys
from typing import Any

# nbformat loads jsonschema, which would build a grammar of web addresses (1.3 s) for a check that nobody asks for here;
# it does without where the module is not to be had
modules: Any = sys.modules  # None there keeps a module from being imported, which its type does not know
modules.setdefault("rfc3987_syntax", None)
