"""Schemas of the description as Python types: answers stay dictionaries, and a checker knows what is in them. Pure.

What the description leaves open is refused: it is to be mended there, not guessed here.
"""

import keyword
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
WIDTH = 120
NOTHING = "NullEnum"
"""How the description names that a word may be missing."""
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Untyped(Exception):
    """The description does not say what this is."""


def annotation(schema: Schema) -> str:
    """Raises Untyped."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return "None" if name == NOTHING else name
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(annotation(one) for one in schema[choice]))
    if "enum" in schema:
        return literal(schema["enum"])
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return " | ".join(annotation({**schema, "type": kind}) for kind in kinds)
    if kinds == "array":
        return f"list[{annotation(schema['items'])}]"
    return _mapping(schema) if kinds == "object" else _plain(schema)


def literal(values: list[Any]) -> str:
    return f"Literal[{', '.join(_quoted(value) for value in values)}]"


def aliases(components: Mapping[str, Schema]) -> Iterator[str]:
    """Closed lists of words, which are named by what comes after them."""
    for name, schema in sorted(components.items()):
        if schema.get("type") != "object" and name != NOTHING:
            yield alias(name, annotation(schema))


def typed_dicts(components: Mapping[str, Schema]) -> Iterator[str]:
    for name, schema in sorted(components.items()):
        if schema.get("type") == "object":
            yield typed_dict(name, schema)


def alias(name: str, said: str) -> str:
    line = f"{name} = {said}"
    if len(line) <= WIDTH or not said.startswith("Literal["):
        return line
    words = said.removeprefix("Literal[").removesuffix("]").split(", ")
    return "\n".join([f"{name} = Literal[", *(f"    {word}," for word in words), "]"])


def typed_dict(name: str, schema: Schema) -> str:
    """Raises Untyped. A field that Python has a word of its own for asks for the other way of writing it."""
    fields = {field: _field(name, field, one, schema) for field, one in schema.get("properties", {}).items()}
    if not fields:
        raise Untyped(name)
    by_name = all(field.isidentifier() and not keyword.iskeyword(field) for field in fields)
    indent, lines = "    " if by_name else "        ", list[str]()
    for field, said in fields.items():
        lines += [f"{indent}{line}" for line in comment(schema["properties"][field].get("description", ""))]
        lines.append(f"{indent}{field}: {said}" if by_name else f'{indent}"{field}": "{said}",')
    about = comment(schema.get("description", ""))
    if by_name:
        return "\n".join([*about, f"class {name}(TypedDict):", *lines])
    return "\n".join([*about, f"{name} = TypedDict(", f'    "{name}",', "    {", *lines, "    },", ")"])


def comment(description: str) -> list[str]:
    return [f"# {line}" for line in wrapped(first_paragraph(description), WIDTH - 10)]


def first_paragraph(description: str) -> str:
    """Without the list of words that follows it, which the type has."""
    said = textwrap.dedent(description).strip().partition("\n\n")[0]
    return "" if said.startswith("* `") else " ".join(said.split())


def wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _field(name: str, field: str, schema: Schema, whole: Schema) -> str:
    try:
        said = annotation(schema)
    except Untyped as error:
        raise Untyped(f"{name}.{field}: {error}") from error
    return said if field in whole.get("required", ()) else f"NotRequired[{said}]"


def _mapping(schema: Schema) -> str:
    inside = schema.get("additionalProperties")
    if inside is True:
        return "dict[str, Any]"
    if not inside or "properties" in schema:
        raise Untyped("an object that is no component and does not say what it holds")
    return f"dict[str, {annotation(inside)}]"


def _plain(schema: Schema) -> str:
    try:
        return PLAIN[schema["type"]]
    except KeyError:
        raise Untyped(repr(dict(schema))) from None


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
