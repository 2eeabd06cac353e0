"""LiteLLM's callback `generic_api`: a StandardLoggingPayload for each call it logs.

A router inside an application sends one for every attempt, under one trace id, so its requests are complete. The proxy sends
the first failure and the last outcome of a request, under one call id, and nothing of what lay between: a lower bound.
A row is kept as a fact like a span, of the few fields that `facts` names; messages, answers, headers, error texts and keys
are never looked at.
"""

DIALECT = "litellm_callback"
UNIT = "litellm:"
"""Begins the trace id under which the rows of one group are stored: no trace of OTLP has such a one."""
CALL_ID = "litellm.call_id"
"""The attribute that facts of LiteLLM's spans carry too: by it rows and spans of one call are one request."""
