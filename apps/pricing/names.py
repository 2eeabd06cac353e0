"""Canonical names of providers and models, so that one model sent under many spellings is one model.

Pure: standard library only. A raw name is never thrown away, it stays beside the canonical one; prices are looked up by
the raw name, since two dated releases of one model may cost differently.
"""

import re
from dataclasses import dataclass

_PROVIDERS = {
    "anthropic": (),
    "arcee": ("arcee_ai", "arcee-ai"),
    "aws": ("aws.bedrock", "bedrock", "bedrock_converse", "aws_bedrock", "amazon", "amazon_bedrock", "amazon-bedrock"),
    "azure": (
        "azure.ai.openai",
        "azure.ai.inference",
        "az.ai.openai",
        "az.ai.inference",
        "azure_ai",
        "azure_openai",
        "azure-openai",
    ),
    "baseten": (),
    "cerebras": (),
    "cloudflare": ("workers-ai", "cloudflare_workers_ai"),
    "cohere": ("cohere_chat",),
    "databricks": (),
    "deepinfra": (),
    "deepseek": (),
    "elevenlabs": (),
    "fireworks": ("fireworks_ai", "fireworks-ai", "fireworksai"),
    "github-copilot": ("github_copilot",),
    "google": (
        "gcp.gemini",
        "gcp.gen_ai",
        "gcp.vertex_ai",
        "gemini",
        "vertex_ai",
        "vertex_ai_beta",
        "vertexai",
        "google-vertex",
        "google_vertexai",
        "google_genai",
        "google_ai_studio",
        "google-gla",
    ),
    "groq": (),
    "meta": ("meta_llama",),
    "minimax": (),
    "mistral": ("mistral_ai", "mistralai", "mistral-ai"),
    "moonshotai": ("moonshot", "moonshot_ai", "moonshot-ai"),
    "novita": ("novita_ai", "novita-ai"),
    "ollama": ("ollama_chat",),
    "openai": ("text-completion-openai",),
    "openrouter": ("open_router", "open-router"),
    "ovhcloud": (),
    "perplexity": ("perplexity_ai", "perplexity-ai"),
    "together": ("together_ai", "together-ai", "together.ai", "togetherai"),
    "voyageai": ("voyage", "voyage_ai"),
    "watsonx": ("ibm.watsonx.ai", "watsonx_text"),
    "x-ai": ("x_ai", "xai"),
    "zai": ("z-ai", "z_ai", "z.ai"),
}
"""Each provider's spellings: OpenTelemetry's values, LiteLLM's prefixes, the names of the common client libraries."""

_CANONICAL = {spelling: name for name, others in _PROVIDERS.items() for spelling in (name, *others)}

_GATEWAYS = frozenset({"litellm", "litellm_proxy", "portkey", "gateway", "unknown"})
"""Names of what stands before a provider: they say nothing about who was paid."""

_DATE = r"20\d\d(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
_DATE_SUFFIX = re.compile(rf"[-@](?P<date>{_DATE})(?:-v\d+(?::\d+)?)?\Z")


@dataclass(frozen=True, slots=True)
class Name:
    """Who was asked for what; `ref` is how the provider itself spells the model, date included."""

    provider: str | None
    model: str | None
    ref: str | None
    raw_model: str | None


def canonical_provider(raw: str | None) -> str | None:
    """`azure.ai.openai` is azure, `openai.chat` is openai, a gateway is nobody; an unknown name is kept in lower case."""
    name = (raw or "").strip().lower()
    if not name or name in _GATEWAYS:
        return None
    return _CANONICAL.get(name) or _CANONICAL.get(name.partition(".")[0]) or name


def canonical_name(provider: str | None, raw_model: str | None) -> Name:
    """Strip a known provider's prefix once, then a date.

    A prefix that names another provider than the one given is part of the model's name: Groq itself calls a model
    `openai/gpt-oss-120b`, and so does every model of OpenRouter read.
    """
    canonical = canonical_provider(provider)
    ref = (raw_model or "").strip()
    if not ref:
        return Name(canonical, None, None, raw_model)
    prefix, slash, rest = ref.partition("/")
    prefixed = _CANONICAL.get(prefix.lower()) if slash and rest else None
    if prefixed is not None and canonical in (None, prefixed):
        canonical, ref = prefixed, rest
    return Name(canonical, _DATE_SUFFIX.sub("", ref.lower()), ref, raw_model)


def release_of(raw: str, model: str) -> str:
    """The date in a name of the model, as digits however it is spelt: `20240806`; empty where there is none, or in a name of
    another model."""
    text = raw.strip().lower()
    dated = (_DATE_SUFFIX.search(name) for name in (text, text.partition("/")[2]))
    return next((one["date"].replace("-", "") for one in dated if one and one.string[: one.start()] == model), "")
