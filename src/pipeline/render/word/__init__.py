"""Word documents: their look (the reference document) and what is set after rendering."""

from pipeline.render.word.finish import finish
from pipeline.render.word.reference import Face, reference_document

__all__ = ["Face", "finish", "reference_document"]
