"""Reader of XQuAD: paragraphs of encyclopaedia articles and questions on them, the same in every language.

Artetxe et al. 2020, https://arxiv.org/abs/1910.11856. RELATORIA_DATA names the folder with xquad/xquad.es.json and
its siblings. Articles of even index (from 0) are the half for fitting; the others report how well that carries over.
"""

import json
from pathlib import Path

from ingest.errors import RelatoriaError

DIRECTIONS = (("es", "es"), ("en", "es"), ("de", "es"), ("es", "en"))  # of the question, of the passages

Article = tuple[list[str], list[tuple[str, int]]]  # paragraphs; questions, each with its paragraph's number from 0


def read_articles(path: Path) -> list[Article]:
    """Read a file's articles, in its order. Raises RelatoriaError when it is not there or is no SQuAD file."""
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [
            (
                [paragraph["context"] for paragraph in article["paragraphs"]],
                [(qa["question"], n) for n, paragraph in enumerate(article["paragraphs"]) for qa in paragraph["qas"]],
            )
            for article in stated
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(
            f"{path} cannot be read as SQuAD's JSON ({error!r}). Point RELATORIA_DATA at XQuAD."
        ) from error
