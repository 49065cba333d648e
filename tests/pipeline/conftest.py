"""The rendered studies and the reader of PDFs that these tests share."""

import shutil
import subprocess

import pytest
from checkout import auranofin, work

__all__ = ["auranofin", "work"]


@pytest.fixture(scope="session")
def pdf_pages():
    """Function: a PDF -> the text of each page, laid out as on paper or in another way of the program."""
    program = shutil.which("pdftotext")
    if not program:
        pytest.skip("pdftotext (poppler) is not installed; the text of the PDF is not read")

    def get(file, way: str = "-layout") -> list[str]:
        answer = subprocess.run([program, way, file, "-"], capture_output=True, text=True, check=True)
        return answer.stdout.split("\f")[:-1]

    return get
