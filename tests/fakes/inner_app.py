"""The application behind the doors: answers what it is told to, and keeps what reached it."""

from typing import Any

Headers = list[tuple[bytes, bytes]]


class Inner:
    """An ASGI application that answers with a status, headers and parts; it keeps the scopes and bodies."""

    def __init__(self, *parts: bytes, status: int = 200, headers: Headers | None = None) -> None:
        self.parts, self.status, self.headers = parts or (b"in",), status, headers or []
        self.scopes: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["method"] == "POST":
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            self.bodies.append(body)
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        for at, part in enumerate(self.parts, start=1):
            await send({"type": "http.response.body", "body": part, "more_body": at < len(self.parts)})
