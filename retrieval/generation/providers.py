"""Opens chat models through LangChain's init_chat_model, all providers with the same settings.

Temperature 0, no retries of its own (ours are in ``chat_model``), our time-out, and token counts where the provider
gives them. A setting that the model's class does not know is left out, and so is one that its server refuses.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.errors import RelatoriaError
from ingest.sanitize import shorten
from retrieval.generation.chat_model import MAX_CHARACTERS, TIMEOUT, ChatModel, Messages, StreamChunk, TryAgain
from retrieval.generation.errors import FailureKind, build_error, classify_error, find_http_status, key_variable, redact

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SPEC_EXAMPLES = "openai:NAME, anthropic:NAME, google_genai:NAME, mistralai:NAME, ollama:NAME, …"
_OPTIONAL_SETTINGS = {"temperature": "temperature", "stream_usage": "stream_options|include_usage"}  # as servers say it
_FINISH_REASON_KEYS = ("finish_reason", "stop_reason", "done_reason", "status")  # by provider
_LENGTH_REASONS = {"length", "max_tokens", "MAX_TOKENS", "incomplete"}
_KEY_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*(?:KEY|TOKEN)\b")


class ProviderSource:
    """A ChatSource on one of LangChain's chat models."""

    def __init__(self, spec: str, settings: dict[str, Any]) -> None:
        self.spec = spec
        self._settings = settings
        self._model = _open_model(spec, settings)
        self.secrets = _find_secrets(self._model)
        profile: Any = self._model.profile or {}
        self.context: int | None = profile.get("max_input_tokens")

    def pieces(self, messages: Messages, left: threading.Event) -> Iterator[StreamChunk]:
        begun = ended = False
        try:
            for chunk in self._model.stream(list(messages)):
                if left.is_set():
                    return
                counted: Any = getattr(chunk, "usage_metadata", None) or {}
                reason = _finish_reason(chunk.response_metadata)
                ended = ended or reason is not None
                text = str(chunk.text)  # of blocks of text: reasoning is not for the reader
                begun = begun or bool(text)
                yield StreamChunk(
                    text, counted.get("input_tokens"), counted.get("output_tokens"), cut=reason in _LENGTH_REASONS
                )
        except ValueError as error:
            if "No generation" in str(error):  # LangChain's word for a stream without any chunk
                raise build_error(FailureKind.EMPTY, self.spec) from None
            raise
        except Exception as error:
            self._drop_refused_setting(error)
            raise
        if begun and not ended and _always_sends_finish_reason(self._model):
            raise build_error(FailureKind.BROKEN_OFF, self.spec)

    def _drop_refused_setting(self, error: Exception) -> None:
        """Reopen the model without an optional setting that the server refused, and raise TryAgain."""
        if find_http_status(error) not in (400, 422):
            return
        for setting, words in _OPTIONAL_SETTINGS.items():
            if setting in self._settings and re.search(words, str(error)):
                del self._settings[setting]
                self._model = _open_model(self.spec, self._settings)
                raise TryAgain from None


def open_chat(spec: str, *, timeout: float = TIMEOUT, most: int = MAX_CHARACTERS) -> ChatModel:
    """Open the chat model ``PROVIDER:NAME``, as LangChain's init_chat_model takes it.

    Nothing is called yet. Raises RelatoriaError when there is no such provider, when its package or its key is missing.
    """
    if not 0 < timeout <= threading.TIMEOUT_MAX:
        raise RelatoriaError(f"A time-out of {timeout:g} seconds is none. Type, for example: --model-timeout 60")
    spec = spec.strip()
    provider, _, name = (part.strip() for part in spec.partition(":"))
    if not provider or not name or not spec.isprintable():
        raise RelatoriaError(
            f"{shorten(spec)} names no chat model. Give --model (or RELATORIA_MODEL) one of: {SPEC_EXAMPLES}."
        )
    spec = f"{provider}:{name}"
    fields = type(_open_model(spec, {})).model_fields
    known = {*fields, *(field.alias for field in fields.values() if field.alias)}
    wanted = {"temperature": 0, "max_retries": 0, "timeout": timeout, "stream_usage": True}
    source = ProviderSource(spec, {setting: value for setting, value in wanted.items() if setting in known})
    return ChatModel(spec, source, timeout, most, source.context)


def _open_model(spec: str, settings: dict[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    provider, _, name = spec.partition(":")
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **settings)
    except ImportError as error:
        wanted = re.search(r"pip install ([\w-]+)", str(error))
        package = wanted[1] if wanted else f"langchain-{provider}"
        raise RelatoriaError(
            f"The chat model {spec} needs a package that is not installed here. Type: pip install {package}"
        ) from None
    except Exception as error:  # noqa: BLE001 (each provider has errors of its own for a missing key)
        raise _opening_error(error, spec) from None
    return model


def _opening_error(error: Exception, spec: str) -> RelatoriaError:
    said = str(error)
    if "Unsupported provider" in said or "infer model provider" in said:
        return RelatoriaError(
            f"{shorten(spec.partition(':')[0])} is no provider of chat models. Give --model (or RELATORIA_MODEL) one "
            f"of: {SPEC_EXAMPLES}."
        )
    named = _KEY_VARIABLE.search(said)
    if named or "api_key" in said or "credential" in said.casefold():
        missing = build_error(FailureKind.NO_KEY, spec)
        missing.args = (str(missing).replace(key_variable(spec), named[0] if named else key_variable(spec)),)
        return missing
    if find_http_status(error):
        return classify_error(error, spec, begun=False)
    return build_error(FailureKind.OTHER, spec, redact(said))


def _find_secrets(model: "BaseChatModel") -> Sequence[str]:
    """The keys that a model holds, to be redacted from messages."""
    from pydantic import SecretStr

    values = (getattr(model, name, None) for name in type(model).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr) and value.get_secret_value()]


def _finish_reason(metadata: dict[str, Any]) -> str | None:
    """The finish reason of a chunk; None before the end."""
    stated = (metadata.get(name) for name in _FINISH_REASON_KEYS)
    return next((reason for reason in stated if isinstance(reason, str) and reason not in ("", "in_progress")), None)


def _always_sends_finish_reason(model: "BaseChatModel") -> bool:
    """Whether the provider always sends a finish reason (OpenAI's protocol): a stream without one broke off."""
    return any(base.__module__.startswith("langchain_openai.") for base in type(model).__mro__)
