"""What can be wrong with a report, before and after rendering."""

from pipeline.render.checks.lint import lint_source
from pipeline.render.checks.outline import Outline, outline
from pipeline.render.checks.page import check_document, check_page
from pipeline.render.checks.stage import check_stage

__all__ = ["Outline", "check_document", "check_page", "check_stage", "lint_source", "outline"]
