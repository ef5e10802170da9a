"""A small report that is written anew and ingested again."""

from pathlib import Path

from ingest.sources import find_sources
from retrieval.assistant import Assistant

WATER = "Los gobiernos deben reparar todos los pozos de agua del norte del país."
ROADS = "Los gobiernos deben construir caminos seguros hacia todas las escuelas."
HEAD = "Informe de la comisión\n\nMesa 1 Servicios\n\nPrincipales recomendaciones\n\n"


class GrowingReport:
    """Its file, and an assistant over it with the embedder of another."""

    def __init__(self, folder: Path, embedder: Assistant) -> None:
        self.file = folder / "comision-2010.txt"
        self.assistant = Assistant(folder / "index")
        self.assistant._embedder = embedder.embedder()

    def says(self, *recommendations: str) -> None:
        text = HEAD + "".join(f"• {recommendation}\n\n" for recommendation in recommendations)
        self.file.write_text(text, encoding="utf-8")
        self.assistant.index.update(find_sources([self.file]), self.assistant.embedder)
