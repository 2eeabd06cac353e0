"""The whole client as the text of one file: of the same description always the same bytes."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from apps.dashboards.client import transport
from apps.dashboards.client.methods import methods_of, operations
from apps.dashboards.client.shapes import aliases, typed_dicts

HEAD = '''"""Tollmark's API, version {version}, for Python 3.11 and later, without dependencies.

Generated from the API's own description; a newer one is at /api/v1/client.py of every platform, and is printed by
`python3 manage.py client`. Do not edit it.

    from tollmark_client import Tollmark

    tollmark = Tollmark("https://tollmark.example.com", token="tmk_...")
    for request in tollmark.deployment_requests_each("support-chat", outcome="failed"):
        print(request["request_id"])

Answers are dictionaries with types; money is text with nine decimals, for decimal.Decimal. What is refused raises
TollmarkError.
"""
'''
IMPORTS = """
from __future__ import annotations

import gzip
import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO, Literal, NotRequired, TypedDict, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit"""
CLASS = '''class Tollmark(Transport):
    """Every operation of the API, by its name there."""

'''


@cache
def client() -> str:
    """Of the platform as it is."""
    return generated(SchemaGenerator().get_schema(request=None, public=True))


def generated(description: Mapping[str, Any]) -> str:
    """Raises Untyped for a description that leaves something open."""
    found = operations(description)
    words = dict.fromkeys(argument.alias for one in found for argument in one.arguments if argument.alias)
    words.update(dict.fromkeys(aliases(description["components"]["schemas"])))
    blocks = [_transport(), "\n".join(words), *typed_dicts(description["components"]["schemas"])]
    methods = "\n\n".join(method for one in found for method in methods_of(one))
    head = HEAD.format(version=description["info"]["version"])
    return f"{head}{IMPORTS}\n\n" + "\n\n\n".join([*blocks, CLASS + methods]) + "\n"


def _transport() -> str:
    """Without its docstring and its imports, which the client has for all of its parts."""
    text = Path(transport.__file__).read_text()
    first = next(one for one in ast.parse(text).body if not isinstance(one, ast.Expr | ast.Import | ast.ImportFrom))
    return "\n".join(text.splitlines()[first.lineno - 1 :])
