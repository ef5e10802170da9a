"""Screenshots for the docs, `python -m tests.screens`: docs/page.png, and every panel on a desktop and a phone.

Always the same report, the same question and the same browser, so that a picture changes only where the page does.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from app.cli.environment import quiet_libraries
from evals.options import SCORECARD_FILE
from evals.performance.processes import relatoria_command, run_process
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from tests.fakes.browser import DESKTOP, PHONE, Visit, ask, launch_chromium, open_visit, serve_page

DOCS = Path(__file__).parent.parent / "docs"
LARGEST_PICTURE = 150_000  # bytes of a picture
QUESTIONS = {
    "en": "What does the report say on detention of irregular migrants?",
    "ar": "ماذا يقول التقرير عن احتجاز المهاجرين غير النظاميين؟",
}
LOOKS: dict[str, dict[str, Any]] = {"": {}, "dark": {"color_scheme": "dark"}, "ar": {"locale": "ar"}}


def main() -> int:
    """Take all screenshots and print their paths and sizes."""
    quiet_libraries()
    with tempfile.TemporaryDirectory(prefix="relatoria-screens-") as folder:
        assistant = Assistant(Path(folder))
        assistant.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder)
        scorecard = str(assistant.index.folder / SCORECARD_FILE)  # which a panel shows
        run_process([relatoria_command(), "eval", "--index", folder, "--once", "--no-gate", "--json", scorecard])
        (DOCS / "screens").mkdir(exist_ok=True)
        for old in (DOCS / "screens").glob("*.png"):
            old.unlink()
        for path, picture in take_pictures(assistant):
            path.write_bytes(picture)
            sys.stdout.write(f"{path.relative_to(DOCS.parent)}  {len(picture):,} bytes\n")
        assistant.index.store.close()
    return 0


def take_pictures(assistant: Assistant) -> Iterator[tuple[Path, bytes]]:
    """Yield the path and PNG bytes of each screenshot."""
    with serve_page(assistant) as url, launch_chromium() as browser:
        for width, size in (("1440", DESKTOP), ("390", PHONE)):
            for look, options in LOOKS.items():
                with open_visit(browser, url, viewport=size, **options) as visit:
                    visit.settle()
                    for tab in visit.tabs() if not look else ["ask"]:
                        name = "-".join(part for part in (tab, look, width) if part)
                        visit.go(tab)
                        if tab == "ask":
                            if not look:
                                yield DOCS / "screens" / f"first-{width}.png", take_screenshot(visit)
                            ask(visit.page, QUESTIONS["ar" if look == "ar" else "en"])
                            visit.settle()
                        yield DOCS / "screens" / f"{name}.png", take_screenshot(visit)
                    if not look:
                        visit.go("ask")
                        visit.page.click("#r-chat a.r-mark >> nth=0")
                        visit.page.wait_for_selector("#r-here")
                        visit.settle()
                        yield DOCS / "screens" / f"report-{width}.png", take_screenshot(visit)
                        if size == DESKTOP:
                            yield DOCS / "page.png", take_screenshot(visit)


def take_screenshot(visit: Visit) -> bytes:
    """Take a screenshot as PNG bytes, in as many colours as fit into LARGEST_PICTURE bytes."""
    visit.page.mouse.move(0, 0)
    shot = Image.open(io.BytesIO(visit.page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    for colours in (256, 128, 64, 32, 16):
        file = io.BytesIO()
        shot.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            file, "PNG", optimize=True
        )
        if file.tell() <= LARGEST_PICTURE:
            break
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
