"""The error of a refused request: its message is sent to the caller and not written to the server's log."""

import gradio as gr


class RequestError(gr.Error):
    """A request that is refused: ``message`` is the one sentence that the caller gets; no traceback is logged."""

    def __init__(self, message: str) -> None:
        super().__init__(message, title="Relatoría", print_exception=False)

    def __str__(self) -> str:
        return str(self.message)
