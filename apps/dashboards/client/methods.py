"""Operations of the description as methods: one for the answer, and for lists and tables one that goes through them. Pure."""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.dashboards.client.shapes import (
    Schema,
    Untyped,
    alias,
    annotation,
    first_paragraph,
    literal,
    wrapped,
)

METHODS = ("get", "post", "put", "patch", "delete")
JSON, CSV, NDJSON, FILE = "application/json", "text/csv", "application/x-ndjson", "application/octet-stream"
CHOSEN_BY_METHOD = ("format", "Content-Encoding")
WIDTH = 120
IN_PATH = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Argument:
    """A parameter: as the API names it, as Python does, and of which type."""

    name: str
    place: str
    required: bool
    type: str
    about: str
    alias: str
    """The definition that `type` names; empty where it is none of ours."""

    @property
    def python(self) -> str:
        name = re.sub(r"\W", "_", self.name).lower()
        return f"{name}_" if keyword.iskeyword(name) else name

    @property
    def declared(self) -> str:
        return f"{self.python}: {self.type}" if self.required else f"{self.python}: {self.type} | None = None"


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    about: tuple[str, ...]
    """Paragraphs."""
    key: str
    arguments: tuple[Argument, ...]
    body: str
    """The type of what is sent; empty: nothing."""
    answers: Mapping[str, str]
    """By content type, the type of an answer."""
    results: str
    """Of a list that comes in pages, the type of one of them; else empty."""


def operations(description: Mapping[str, Any]) -> list[Operation]:
    """By name. Raises Untyped."""
    components = description["components"]["schemas"]
    found = [
        _operation(path, method, item[method], components)
        for path, item in description["paths"].items()
        for method in METHODS
        if method in item
    ]
    return sorted(found, key=lambda one: one.name)


def methods_of(one: Operation) -> Iterator[str]:
    if one.method != "get":
        yield _sending(one)
        return
    yield _method(one, one.name, one.arguments, returned=one.answers[JSON], about=one.about, how="_get")
    for suffix, returned, said, how in _through(one):
        others = [argument for argument in one.arguments if argument.name != "cursor"]
        yield _method(one, f"{one.name}_{suffix}", others, returned=f"Iterator[{returned}]", about=[said], how=how)


def _through(one: Operation) -> Iterator[tuple[str, str, str, str]]:
    """The ways to go through a list: how each ends its name, what it gives, what it says of itself, and what it calls."""
    pages = ", page after page" if one.results else ""
    if one.results:
        yield "each", one.results, "Each of them, page after page.", "_each"
    if NDJSON in one.answers:
        yield "rows", one.answers[NDJSON], f"The same as rows{pages}, read as they are taken.", "_rows"
    if CSV in one.answers:
        yield "csv", "str", f"The same as lines of CSV{pages}, the first of them the header.", "_csv"


def _operation(path: str, method: str, said: Mapping[str, Any], components: Mapping[str, Schema]) -> Operation:
    name = said["operationId"]
    answer = next(one for status, one in said["responses"].items() if status.startswith("2"))
    parameters = [one for one in said.get("parameters", ()) if one["name"] not in CHOSEN_BY_METHOD]
    arguments = tuple(_argument(name, one) for one in parameters)
    about = "\n\n".join(said[part] for part in ("summary", "description") if said.get(part))
    answers = {kind: annotation(one["schema"]) for kind, one in answer["content"].items()}
    return Operation(
        name=name,
        method=method,
        path=path,
        about=tuple(first_paragraph(paragraph) for paragraph in about.split("\n\n")),
        key="token" if any("token" in one for one in said["security"]) else "ingest_key",
        arguments=tuple(sorted(arguments, key=lambda one: (one.place != "path", not one.required, one.name))),
        body=_body(name, said["requestBody"]["content"]) if "requestBody" in said else "",
        answers=answers,
        results=_results(components.get(answers[JSON], {})) if any(one.name == "cursor" for one in arguments) else "",
    )


def _argument(operation: str, said: Mapping[str, Any]) -> Argument:
    schema, name = said["schema"], ""
    kind = annotation(schema)
    if "enum" in schema:
        name = "".join(word.title() for word in f"{operation}_{said['name']}".split("_"))
        kind = name
    moments = {"date": "date | str", "date-time": "datetime | str"}
    return Argument(
        name=said["name"],
        place=said["in"],
        required=said.get("required", False),
        type=moments.get(schema.get("format", ""), kind),
        about=first_paragraph(said.get("description", "")),
        alias=alias(name, literal(schema["enum"])) if name else "",
    )


def _body(name: str, content: Mapping[str, Any]) -> str:
    if FILE in content:
        return "bytes | Path"
    if JSON not in content:
        raise Untyped(f"{name}: what is sent is neither JSON nor a file")
    return annotation(content[JSON]["schema"]).replace("list[", "Sequence[")


def _results(page: Schema) -> str:
    properties = page["properties"]
    if "next" not in properties:
        raise Untyped("a list with a cursor and without `next`")
    return annotation(properties["results"]["items"])


def _method(
    one: Operation, name: str, arguments: Sequence[Argument], *, returned: str, about: Sequence[str], how: str
) -> str:
    asked = f'self.{how}("{one.key}", path, query)'
    answer = asked if returned.startswith("Iterator") else f"cast({returned}, {asked})"
    told = arguments if name == one.name else ()
    lines = [*_signature(name, _declared(arguments), returned), *_docstring(about, told), _path(one)]
    return "\n".join([*lines, *_mapping("query", arguments), f"        return {answer}"])


def _sending(one: Operation) -> str:
    answer = one.answers[JSON]
    lines = [*_signature(one.name, _declared(one.arguments, body=one.body), answer)]
    lines += [*_docstring(one.about, one.arguments), _path(one), *_mapping("query", one.arguments)]
    if one.body.startswith("bytes"):
        lines.append(f'        headers = {{"Content-Type": "{FILE}"}}')
        how = "_send"
    else:
        lines += _mapping("header", one.arguments, name="headers")
        how = "_post"
    return "\n".join([*lines, f'        return cast({answer}, self.{how}("{one.key}", path, query, body, headers))'])


def _declared(arguments: Sequence[Argument], body: str = "") -> list[str]:
    places = [one.declared for one in arguments if one.place == "path"]
    named = [one.declared for one in arguments if one.place != "path"]
    return [*places, *([f"body: {body}"] if body else []), *(["*", *named] if named else [])]


def _signature(name: str, declared: Sequence[str], returned: str) -> list[str]:
    line = f"    def {name}({', '.join(['self', *declared])}) -> {returned}:"
    if len(line) <= WIDTH:
        return [line]
    return [f"    def {name}(", "        self,", *(f"        {one}," for one in declared), f"    ) -> {returned}:"]


def _docstring(about: Sequence[str], arguments: Sequence[Argument]) -> list[str]:
    told = [f"{one.python}: {one.about}" for one in arguments if one.about]
    paragraphs = [wrapped(paragraph, WIDTH - 12) for paragraph in about]
    paragraphs += [[line for one in told for line in wrapped(one, WIDTH - 12)]] if told else []
    first, *others = [_safe(line) for lines in paragraphs for line in ("", *lines)][1:]
    if not others:
        return [f'        """{first}"""']
    return [f'        """{first}', *(f"        {line}".rstrip() for line in others), '        """']


def _safe(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"""', "'''")


def _path(one: Operation) -> str:
    names = {argument.name: argument.python for argument in one.arguments if argument.place == "path"}
    filled = IN_PATH.sub(lambda found: f"{{_part({names[found[1]]})}}", one.path)
    return f'        path = {"f" if names else ""}"{filled}"'


def _mapping(place: str, arguments: Sequence[Argument], *, name: str = "") -> list[str]:
    """Of the arguments that go there, by their names in the API."""
    said = [f'"{one.name}": {one.python}' for one in arguments if one.place == place]
    if not said:
        return [f"        {name or place}: Query = {{}}"]
    line = f"        {name or place} = {{{', '.join(said)}}}"
    if len(line) <= WIDTH:
        return [line]
    return [f"        {name or place} = {{", *(f"            {one}," for one in said), "        }"]
