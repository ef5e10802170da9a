"""Pages of PDF files drawn on the spot, and what is read of them, for the tests of the PDF reader."""

from ingest.readers.read import extract_content
from ingest.report import Block, Report
from tests.fakes.pdf_maker import PdfPage, TextRun, lay_out_lines, make_pdf

BOLD = "Helvetica-Bold"
WELLS = (
    "The village council met in the old school and heard what the engineers had found in the wells. The water was "
    "clear but the pumps were worn, and nobody could say who had to repair them. It was agreed to look at the matter "
    "once more in spring."
)
ROADS = (
    "Three bridges on the northern road had been closed since the flood, so that every lorry took the ferry. The "
    "drivers asked for a second boat. The ministry answered that a boat could be hired from the neighbours until the "
    "bridges were mended."
)
SCHOOLS = (
    "Teachers from the islands described how they share one laboratory between four schools. The pupils travel on "
    "Tuesdays and write down what they measured on the way home. Their parents would like a laboratory of their own."
)
LONG = (
    "1. Mend the pumps of all the wells in the valley before the dry season and name a person in each village who "
    "looks after them from then on and reports to the council."
)


def body(text: str, y: float = 100, *, font: str = "Helvetica", size: float = 10) -> list[TextRun]:
    return lay_out_lines(text, y=y, wrap=85, font=font, size=size)


def read(*sheets: PdfPage) -> list[str]:
    """Each block as it would be printed, its lines joined, its role and level in front."""
    extract = extract_content(make_pdf(*sheets))

    def line(block: Block) -> str:
        level = "" if block.level is None else str(block.level)
        text = extract.text[block.start : block.end].replace("\n", " ")
        return f"{block.role.value}{level}| {block.marker} {text}".replace("|  ", "| ")

    return [line(block) for block in extract.blocks]


def report(*sheets: PdfPage) -> Report:
    extract = extract_content(make_pdf(*sheets))
    return Report("r", extract.text, extract.metadata, "", extract.blocks, extract.pages)


def note(text: str, y: float = 760) -> list[TextRun]:
    return lay_out_lines(text, y=y, size=8, wrap=100)
