"""Models that the demo's organizations buy: names and list prices of November 2026, speeds after LLMPerf's providers."""

from msgspec import Struct

from apps.demo.simulate.draws import unroll
from apps.demo.simulate.measured import BETWEEN_TOKENS_MS, FIRST_TOKEN_MS, GRID

FIRST_TOKEN = {name: unroll(GRID, values) for name, values in FIRST_TOKEN_MS.items()}
BETWEEN_TOKENS = {name: unroll(GRID, values) for name, values in BETWEEN_TOKENS_MS.items()}


class Offer(Struct, frozen=True, gc=False):
    """One model of one provider. Prices are USD per million tokens, used only where a gateway reports its own cost.

    The prices are those of the providers' public lists (facts, by way of genai-prices 0.2.3, MIT). `speed` names the
    LLMPerf provider whose times it takes: which one is our choice, since nobody measured these models in public.
    """

    provider: str
    model: str
    speed: str
    input_usd: float
    cached_usd: float
    output_usd: float
    dated: str | None = None
    """The name it answers under, where that differs."""
    thinks: float = 0.0
    """Hidden reasoning tokens for each visible one (assumed)."""
    reads_cache: bool = True
    """Whether it tells of cached input."""
    writes_cache: bool = False
    """Whether writing to its cache is explicit and billed."""

    @property
    def first_token_ms(self) -> tuple[float, ...]:
        return FIRST_TOKEN[self.speed]

    @property
    def between_tokens_ms(self) -> tuple[float, ...]:
        return BETWEEN_TOKENS[self.speed]


GPT_5 = Offer("openai", "gpt-5", "together", 1.25, 0.125, 10, dated="gpt-5-2025-08-07", thinks=1.2)
GPT_5_MINI = Offer("openai", "gpt-5-mini", "anyscale", 0.25, 0.025, 2, dated="gpt-5-mini-2025-08-07", thinks=0.5)
GPT_5_NANO = Offer("openai", "gpt-5-nano", "anyscale", 0.05, 0.005, 0.4, dated="gpt-5-nano-2025-08-07", thinks=0.3)
GPT_41 = Offer("openai", "gpt-4.1", "together", 2, 0.5, 8, dated="gpt-4.1-2025-04-14")
GPT_41_MINI = Offer("openai", "gpt-4.1-mini", "anyscale", 0.4, 0.1, 1.6, dated="gpt-4.1-mini-2025-04-14")
HAIKU = Offer(
    "anthropic", "claude-haiku-4-5", "bedrock", 1, 0.1, 5, dated="claude-haiku-4-5-20251001", writes_cache=True
)
SONNET = Offer(
    "anthropic", "claude-sonnet-4-5", "lepton", 3, 0.3, 15, dated="claude-sonnet-4-5-20250929", writes_cache=True
)
FLASH = Offer("google", "gemini-2.5-flash", "fireworks", 0.3, 0.03, 2.5, thinks=0.3)
FLASH_LITE = Offer("google", "gemini-2.5-flash-lite", "fireworks", 0.1, 0.01, 0.4)
MISTRAL_MEDIUM = Offer("mistral", "mistral-medium-latest", "perplexity", 1.5, 0.15, 7.5)
MISTRAL_SMALL = Offer("mistral", "mistral-small-latest", "perplexity", 0.15, 0.015, 0.6)
LLAMA_GROQ = Offer("groq", "llama-3.3-70b-versatile", "groq", 0.59, 0.59, 0.79, reads_cache=False)
LLAMA_TOGETHER = Offer(
    "together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "together", 0.88, 0.88, 0.88, reads_cache=False
)
DEEPSEEK = Offer("deepseek", "deepseek-chat", "replicate", 0.27, 0.07, 1.1)
AZURE_MINI = Offer("azure", "gpt-4.1-mini", "anyscale", 0.4, 0.1, 1.6, dated="gpt-4.1-mini-2025-04-14")
EMBEDDING = Offer("openai", "text-embedding-3-small", "anyscale", 0.02, 0.02, 0, reads_cache=False)
OWN = Offer("self-hosted", "house-tuned-8b", "replicate", 0, 0, 0, reads_cache=False)
"""A model of the tenant's own, on no price list."""
