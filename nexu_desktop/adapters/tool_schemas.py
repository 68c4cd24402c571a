"""How tool schemas in OpenAI's format become the text that is counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nexu_desktop.adapters.json_edge import parse_json
from nexu_desktop.domain.errors import BadInput

SCHEMAS_MAX_CHARS = 4_000_000
NESTED_MAX = 64  # more is no schema; stops long before Python's own limit
HINT = "Give a list of tools in OpenAI's format."


def as_namespace(schemas: str) -> str:
    """The tools as a TypeScript namespace, the way OpenAI's models are shown them; '' for none. Raises BadInput."""
    tools = _functions(schemas)
    if not tools:
        return ""
    lines = ["# Tools", "## functions", "namespace functions {"]
    for tool in tools:
        if tool.get("description"):
            lines.append(f"// {tool['description']}")
        parameters = tool.get("parameters")
        properties = parameters.get("properties") if isinstance(parameters, dict) else None
        if isinstance(properties, dict) and properties:
            required = parameters.get("required", []) if isinstance(parameters, dict) else []
            lines.append(f"type {tool['name']} = (_: {{")
            lines += _properties(properties, required)
            lines.append("}) => any;")
        else:
            lines.append(f"type {tool['name']} = () => any;")
    return "\n".join([*lines, "} // namespace functions"])


def as_json(schemas: str) -> str:
    """The tools as JSON, one a line, the way most chat templates print them; '' for none. Raises BadInput."""
    rows = [{"type": "function", "function": tool} for tool in _functions(schemas)]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def _properties(properties: Mapping[str, Any], required: object) -> list[str]:
    lines = []
    needed = required if isinstance(required, list) else []
    for name, schema in properties.items():
        shape = schema if isinstance(schema, dict) else {}
        if shape.get("description"):
            lines.append(f"// {shape['description']}")
        lines.append(f"{name}{'' if name in needed else '?'}: {_type(shape)},")
    return lines


def _type(schema: Mapping[str, Any]) -> str:
    values = schema.get("enum")
    if isinstance(values, list):
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_type({**schema, "type": one}) for one in kind if isinstance(one, str)) or "any"
    if kind == "array":
        items = schema.get("items")
        return f"{_type(items) if isinstance(items, dict) else 'any'}[]"
    if kind == "object" and isinstance(schema.get("properties"), dict):
        return "{ " + " ".join(_properties(schema["properties"], schema.get("required"))) + " }"
    return {"integer": "number", "object": "object"}.get(str(kind), str(kind or "any"))


def _functions(schemas: str) -> list[dict[str, Any]]:
    if len(schemas) > SCHEMAS_MAX_CHARS:
        raise BadInput("The tool schemas are larger than 4 MB.", "Give fewer tools.")
    try:
        raw = parse_json(schemas)
    except ValueError as error:
        raise BadInput("The tool schemas are not JSON.", HINT) from error
    if not isinstance(raw, list):
        raise BadInput("The tool schemas are no list.", HINT)
    if _deeper_than(NESTED_MAX, raw):
        raise BadInput("The tool schemas are nested too deep.", HINT)
    return [_function(number, tool) for number, tool in enumerate(raw, 1)]


def _deeper_than(levels: int, value: object) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_deeper_than(levels - 1, one) for one in inner)


def _function(number: int, tool: object) -> dict[str, Any]:
    function = tool.get("function", tool) if isinstance(tool, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise BadInput(f"Tool {number} has no name.", 'Give {"type": "function", "function": {"name": …}}.')
    return function
