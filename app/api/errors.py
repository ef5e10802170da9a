"""An error that is meant for whoever asked: its sentence reaches them, and nothing of it the server's log."""

import gradio as gr


class Refused(gr.Error):
    """What a program is told instead of a result: one plain sentence, and nothing in the server's log."""

    def __init__(self, message: str) -> None:
        super().__init__(message, title="Relatoría", print_exception=False)

    def __str__(self) -> str:
        return str(self.message)
