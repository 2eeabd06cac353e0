"""LiteLLM's first generation of spans, of its proxy and of its router inside an application.

A span `litellm_request` for the first failed call and for the last outcome; what failed between them is known at a proxy
alone, by a span `self` for each answer that was waited for. Inside an application without spans of its own every call is
a trace of its own, and nothing joins them; within an application's span LiteLLM writes what it knows onto that span, and
only `raw_gen_ai_request`, of calls that went well, can be relied on.
"""

DIALECT = "litellm_otel_v1"
