"""The command `relatoria serve`: opens the page in a browser."""

import argparse
from contextlib import closing

from app.cli.assistant import open_assistant
from app.cli.environment import page_settings
from app.serve import serve as serve_page


def serve(options: argparse.Namespace) -> int:
    """Serve the page until it is stopped."""
    settings = page_settings(options)
    with closing(open_assistant(options, apart=True)) as assistant:
        assistant.chat()
        assistant.index.check()
        serve_page(assistant, host=options.host, port=options.port, open_browser=options.open, settings=settings)
    return 0
