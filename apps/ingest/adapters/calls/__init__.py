"""Calls of models as client libraries show them: which spans are one call, its attempts, and which calls are one request."""
