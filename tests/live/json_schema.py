# SPDX-License-Identifier: GPL-2.0-only
"""Checks a value against the part of JSON Schema that `ctrace schema` uses."""

import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"$ref", "$schema", "$defs", "title", "description", "type", "const", "enum", "pattern",
         "minimum", "items", "properties", "required", "anyOf", "allOf", "propertyNames",
         "additionalProperties"}


def has_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Schema:
    """One document; resolves its own references."""

    def __init__(self, root):
        self.root = root

    def resolve(self, ref):
        node = self.root
        for step in ref.removeprefix("#/").split("/"):
            node = node[step]
        return node

    def problems(self, value, schema, where="$"):
        """What is wrong with VALUE, as sentences; none when it is as SCHEMA says."""
        unknown = set(schema) - KNOWN
        if unknown:
            yield f"{where}: the checker does not know {unknown}"
        if "$ref" in schema:
            yield from self.problems(value, self.resolve(schema["$ref"]), where)
        if "type" in schema and not has_type(value, schema["type"]):
            yield f"{where}: {value!r} is no {schema['type']}"
            return
        if "const" in schema and value != schema["const"]:
            yield f"{where}: {value!r}, not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is none of the words"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{where}: {value!r} does not match {schema['pattern']}"
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{where}: {value} is too small"
        yield from self.problems_within(value, schema, where)
        for part in schema.get("allOf", []):
            yield from self.problems(value, part, where)
        if "anyOf" in schema and not any(self.matches(value, part) for part in schema["anyOf"]):
            yield f"{where}: {str(value)[:200]} is none of the alternatives"

    def problems_within(self, value, schema, where):
        for i, item in enumerate(value if isinstance(value, list) else []):
            yield from self.problems(item, schema.get("items", {}), f"{where}[{i}]")
        if not isinstance(value, dict):
            return
        for key in schema.get("required", []):
            if key not in value:
                yield f"{where}: no {key}"
        for key, item in value.items():
            rule = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            yield from self.problems(item, rule, f"{where}.{key}")
            if "propertyNames" in schema:
                yield from self.problems(key, schema["propertyNames"], where)

    def matches(self, value, schema):
        return not any(True for _ in self.problems(value, schema))

    def keys(self, schema):
        """The properties that SCHEMA describes for an object, through references."""
        keys = set(schema.get("properties", {}))
        for part in [*schema.get("allOf", []), *schema.get("anyOf", [])]:
            keys |= self.keys(part)
        if "$ref" in schema:
            keys |= self.keys(self.resolve(schema["$ref"]))
        return keys

    def undescribed(self, value, schema, where="$"):
        """Members that the schema does not mention: it allows them, but we write it."""
        while "$ref" in schema:
            schema = self.resolve(schema["$ref"])
        if isinstance(value, list):
            for i, item in enumerate(value):
                yield from self.undescribed(item, schema.get("items", {}), f"{where}[{i}]")
        if not isinstance(value, dict) or "additionalProperties" in schema:
            return
        described = self.keys(schema)
        rules = self.rules(schema)
        for key, item in value.items():
            if key not in described:
                yield f"{where}: the schema has no {key}"
            yield from self.undescribed(item, rules.get(key, {}), f"{where}.{key}")

    def rules(self, schema):
        """The rule of each property, the alternative that is not null where there are two."""
        while "$ref" in schema:
            schema = self.resolve(schema["$ref"])
        found = {}
        for part in schema.get("allOf", []):
            found.update(self.rules(part))
        for key, rule in schema.get("properties", {}).items():
            options = [o for o in rule.get("anyOf", [rule]) if o.get("type") != "null"]
            found[key] = options[0]
        return found
