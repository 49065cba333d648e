"""The machinery around the science: plan, kernels, Papermill, renderers, publishing, command line."""

import sys

# nbformat loads jsonschema, which would build a grammar of web addresses (1.3 s) for a check that nobody asks for here;
# it does without where the module is not to be had
sys.modules.setdefault("rfc3987_syntax", None)
