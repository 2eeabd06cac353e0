"""LiteLLM with LITELLM_OTEL_V2=true, as a proxy and as a router inside an application.

What it tells: every choice of a deployment (an event `deployment_selected` on the proxy's server span, or a span
`route <group>`), and a span `<operation> <group>` for each call of a provider, except that a proxy leaves some out. The
model asked for is in `litellm.provider.model`; `gen_ai.request.model` is the group's alias. A failed call says 0 tokens
and 0 dollars, which is not known rather than nothing. An answer from LiteLLM's own cache cannot be told from a call.
"""

DIALECT = "litellm_otel_v2"
