"""Figures measured in public data sets: the shapes the demo follows. tests/demo/recompute.py computes each again.

Where they come from, at which commit, and under which licence:
- Azure LLM inference trace 2023: Azure/AzurePublicDataset b469a11, CC-BY-4.0, of "Splitwise" (ISCA 2024). 19,366 requests
  of conversation, 8,819 of code completion, one hour. Columns ContextTokens, GeneratedTokens.
- Mooncake, FAST'25 conversation trace: kvcache-ai/Mooncake 3b5a594, Apache-2.0. 12,031 requests, one hour.
- ServeGen: alibaba/ServeGen f891d11, Apache-2.0. 14 days of clients of production models in ten-minute windows; here the
  clients of m-small, m-mid and m-large that were active in at least 1,000 of the 2,016 windows.
- LLMPerf leaderboard: ray-project/llmperf-leaderboard 27aa9b6, Apache-2.0. 2,845 requests of 550 tokens to eight
  providers, December 2023.
- Aider polyglot leaderboard: Aider-AI/aider, Apache-2.0. 69 models on 225 tasks.

Tables of nine figures are the 1st, 5th, 10th, 25th, 50th, 75th, 90th, 95th and 99th percentile (type 7); of five: the
10th, 25th, 50th, 75th and 90th.
"""

GRID = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
FIVE = (0.10, 0.25, 0.50, 0.75, 0.90)

CONVERSATION = {
    "input": (29, 181, 207, 396, 1020, 1189, 2734, 4083, 4142),
    "output": (16, 41, 54, 85, 129, 395, 424, 451, 601),
}
"""Azure 2023, conversation: tokens. Input and output are all but uncorrelated (Spearman 0.07), so drawn apart."""

CODE = {
    "input": (17, 75, 147, 578, 1469, 2744, 5188, 7303, 7436),
    "output": (6, 6, 7, 9, 13, 24, 55, 90, 251),
}
"""Azure 2023, code: tokens (Spearman -0.02)."""

LONG = {
    "input": (894, 901, 964, 2306, 6909, 15367, 27367, 39550, 85400),
    "output": (3, 10, 24, 156, 350, 472, 597, 698, 1119),
}
"""Mooncake, conversation: tokens (Spearman 0.07)."""

CACHEABLE_SHARE = (0.007, 0.018, 0.028, 0.069, 0.363, 0.712, 0.948, 0.976, 0.999)
"""Mooncake: of each prompt, the share in leading 512-token blocks that an earlier request of the hour had sent."""

FIRST_TOKEN_MS = {
    "anyscale": (180, 185, 188, 193, 205, 245, 308, 352, 483),
    "bedrock": (182, 245, 259, 292, 377, 401, 507, 654, 752),
    "fireworks": (214, 248, 321, 338, 395, 530, 582, 635, 919),
    "groq": (173, 175, 178, 186, 222, 241, 299, 304, 350),
    "lepton": (719, 774, 823, 930, 1000, 1137, 1205, 1269, 1360),
    "perplexity": (297, 312, 325, 342, 366, 517, 612, 634, 659),
    "replicate": (986, 1006, 1020, 1095, 3067, 5931, 10918, 13713, 45644),
    "together": (415, 432, 446, 489, 567, 657, 748, 807, 943),
}
"""LLMPerf: from sending to the first token, answered requests, all models of a provider together."""

BETWEEN_TOKENS_MS = {
    "anyscale": (6.5, 6.9, 7.3, 8.3, 14.6, 18.6, 19.8, 20.5, 24.2),
    "bedrock": (25.9, 26.3, 26.4, 26.8, 45.8, 46.6, 48.8, 51.2, 53.6),
    "fireworks": (11.9, 12.2, 12.3, 12.8, 22.9, 24.1, 25.2, 26.2, 28),
    "groq": (4.7, 4.8, 4.8, 5.1, 5.3, 5.7, 6.2, 6.2, 6.6),
    "lepton": (21.4, 22.1, 22.9, 23.9, 27.5, 30, 30.7, 31, 32.1),
    "perplexity": (22.9, 27.6, 31.3, 32.3, 33, 34.9, 37.2, 38.1, 41.2),
    "replicate": (13.1, 18.2, 28.2, 39.4, 65, 96.8, 126.5, 167.5, 539.3),
    "together": (8.2, 8.8, 9.3, 10.2, 13.3, 14.9, 16.3, 18, 22.4),
}
"""LLMPerf: mean time between two tokens of one answer."""

RATE_LIMITED_CALM = 0.0133
"""LLMPerf: share of requests answered 429 by Perplexity (2 of 150), a provider within its limits."""

RATE_LIMITED_STORM = 0.8667
"""LLMPerf: the same of Lepton (390 of 450), a provider beyond them."""

CONNECTION_ERROR = 0.00035
"""LLMPerf: share of all requests that broke without a status (1 of 2,845)."""

HOUR_WEIGHTS = (
    0.79,
    0.77,
    0.8,
    0.68,
    0.59,
    0.55,
    0.61,
    0.7,
    0.8,
    1.06,
    1.33,
    1.37,
    1.09,
    1.11,
    1.25,
    1.23,
    1.37,
    1.36,
    1.28,
    1.18,
    1.14,
    1.04,
    1.01,
    0.91,
)
"""ServeGen: traffic by hour of the trace's day against the mean hour, mean of 118 clients."""

WEEKEND_FACTOR = 0.88
"""ServeGen: the two quietest neighbouring days of the folded week against the other five, medians over clients."""

DAILY_CV = 0.45
"""ServeGen: coefficient of variation of a client's days, median over clients."""

GAP_CV = (0.93, 1.02, 1.14, 1.77, 3.22)
"""ServeGen: coefficient of variation of the gaps between a client's requests (its median window), over clients."""

MALFORMED = (0, 0.009, 0.031, 0.071, 0.1358)
"""Aider: share of answers that broke the demanded format, over models."""
