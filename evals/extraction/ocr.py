"""Measures the recognition of scanned pages: words of text layers found again in pictures of their pages.

Each page is drawn at 150 and 200 dots an inch, as it is, askew, and with the noise of a bad copy, and read as a scan.
A report that has no pages is printed by LibreOffice; where that is not installed, it is left out, and said to be.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from evals.extraction.tally import Tally
from evals.public_data import require_public
from ingest.readers.pdf.characters import CharacterReader
from ingest.readers.pdf.ocr import require_ocr
from ingest.readers.read import extract_content

TARGETS: dict[str, str] = {}
PAGES = (  # language, file, page from 0
    ("en", "reports_wild/files/en_gao_06_1046.pdf", 6),
    ("en", "upr_un_reports/pdf/canada2009.pdf", 18),
    ("es", "reports_wild/files/es_tortura_pais_vasco_resumen.pdf", 2),
    ("pt", "reports_wild/files/pt_pda_mp_2018.pdf", 4),
    ("fr", "la_declaration_migration/declaration.fr.md", 0),
    ("uk", "reports_wild/files/uk_decree835_recommendations.docx", 0),
    ("ar", "universal_declaration.txt", 0),
)
_OWN = Path(__file__).parent.parent / "data" / "ocr"
_DPI = (150, 200)
_ASKEW = 1.0  # degrees
_NOISE = 40.0  # standard deviation, of 255 shades


def compare() -> Tally:
    """Draw and read each page in each way. Raises RelatoriaError."""
    require_ocr()
    tally = Tally("ocr")
    for language, name, number in PAGES:
        raw = _print_pages(_OWN / name if (_OWN / name).exists() else require_public(name))
        if not raw:
            sys.stderr.write(f"{name} is left out: LibreOffice, which prints it, is not installed.\n")
            continue
        page = pypdfium2.PdfDocument(raw)[number]
        wanted = find_words(CharacterReader().characters(page.get_textpage()).text)
        for dpi in _DPI:
            picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
            turned = picture.rotate(_ASKEW, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
            noise = np.random.default_rng(1).normal(0, _NOISE, picture.size[::-1])
            noisy = Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))
            for way, drawn in (("", picture), (" askew", turned), (" noisy", noisy)):
                scan = io.BytesIO()
                drawn.save(scan, "PDF", resolution=dpi)
                left = Counter(find_words(extract_content(scan.getvalue(), ocr=True).text))
                for word in wanted:
                    left[word] -= 1
                    tally.add(f"{dpi} dpi{way}", f"{language} {name.rpartition('/')[2]}", left[word] >= 0, word)
    return tally


def find_words(text: str) -> list[str]:
    """The words of a text, without the hyphens that may have broken them."""
    return re.findall(r"\w+", re.sub("[-\xad\ufffe\x02\u2010]\\s*", "", text).casefold())


def _print_pages(path: Path) -> bytes:
    """The file as PDF; empty where nothing can print it."""
    if path.suffix == ".pdf":
        return path.read_bytes()
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return b""
    with tempfile.TemporaryDirectory(prefix="relatoria-") as folder:
        text = Path(folder, "report.txt")
        text.write_text(extract_content(path.read_bytes(), path.name).text, encoding="utf-8-sig")
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(text)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603
        return text.with_suffix(".pdf").read_bytes()
