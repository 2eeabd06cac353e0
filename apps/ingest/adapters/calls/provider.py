"""Who was asked, and for which model."""

import re
from typing import Any

from apps.ingest.adapters import kept

_OPENAIS_OWN = re.compile(
    r"(openai/)?(ft:)?(gpt-(?!oss)|chatgpt|o[1-9]|text-embedding|text-davinci|davinci|babbage|dall-e|tts-|whisper|codex"
    r"|computer-use|omni-moderation|sora)"
)


def provider_of(said: dict[str, Any]) -> str | None:
    """The owner of the host asked, else what the client says, unless that is only the flavour of its library.

    Every host that understands OpenAI's API is `openai` to OpenAI's library, so that it is believed of OpenAI's own models.
    """
    if kept.HOST in said:
        return str(said[kept.HOST])
    named = said.get(kept.PROVIDER) or said.get(kept.SYSTEM)
    if named is None:
        return None
    if named.partition(".")[0].lower() == "openai" and not _OPENAIS_OWN.match(said.get(kept.MODEL, "").lower()):
        return None
    return str(named)


def model_of(said: dict[str, Any]) -> str | None:
    """A prefix that names the provider goes once; others are part of the name."""
    model, provider = said.get(kept.MODEL), said.get(kept.PROVIDER) or said.get(kept.SYSTEM)
    if model is None or provider is None:
        return model
    return str(model).removeprefix(f"{provider}/") or None
