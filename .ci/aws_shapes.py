"""Holds a value against a shape of one of AWS's models. A part of .ci/aws_models.py; needs botocore and regex."""

from datetime import datetime
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StructureShape

# Patterns in the models that AWS's own values break, by shape, with the patterns that are used here instead.
OTHER_PATTERNS = {
    # `^\\S+[\\S\\s]*` is escaped twice: it requires a text that begins with a backslash and an S.
    "EntityNameString": r"\S+[\S\s]*",
    # `^[a-zA-Z]+$`, but AWS's documentation and examples say "in the format of EntityType@Version".
    "EntityType": r"[a-zA-Z]+(@[0-9]+\.[0-9]+)?",
    # `^[a-zA-Z]$`, a single letter, although up to 72 characters are allowed; AWS's examples use words.
    "ChangeName": r"[a-zA-Z]+",
    # `^[\\w\\-@]+$`, but AWS's examples refer to the result of an earlier change as `$ChangeName.Entity.Identifier`.
    "Identifier": r"[\w\-@]+|\$[a-zA-Z]+\.Entity\.Identifier",
    # `^[a-zA-Z0-9\-_\.\/]+$`, but AWS's documentation has `Details.DeliveryOptions[0].Type`.
    "FieldName": r"[a-zA-Z0-9\-_./\[\]]+",
}

# Values that AWS returns although the models lack them, by shape.
OTHER_VALUES = {
    # Service Catalog reports CREATED for products; Terraform's provider waits for it, too.
    "Status": ["CREATED"],
}

# Separates a problem from the value that it was first seen with.
EXAMPLE = " … "


def problems(value: Any, shape: Shape, at: str = "") -> list[str]:
    """What is wrong with a value of JSON, each with where that is."""
    if value is None:
        return [f"{at or 'as a whole'}: null, and AWS leaves out what has no value"]
    if isinstance(shape, StructureShape):
        return of_structure(value, shape, at)
    if isinstance(shape, ListShape):
        return of_list(value, shape, at)
    if isinstance(shape, MapShape):
        return of_map(value, shape, at)
    return of_scalar(value, shape, at)


def of_structure(value: Any, shape: StructureShape, at: str) -> list[str]:
    if getattr(shape, "is_document_type", False):
        return []  # Free-form: any JSON.
    if not isinstance(value, dict):
        return [wrong_type(value, shape, at)]
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    found = [f"{at}{name}: unknown" for name in value if name not in names]
    for wire, name in names.items():
        if wire in value:
            found += problems(value[wire], shape.members[name], f"{at}{wire}.")
        elif name in shape.required_members:
            found.append(f"{at}{wire}: missing")
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        found.append(f"{at or 'as a whole'}: {len(value)} members of a union, which has one")
    return found


def of_list(value: Any, shape: ListShape, at: str) -> list[str]:
    if not isinstance(value, list):
        return [wrong_type(value, shape, at)]
    inside = f"{at.removesuffix('.')}[]."
    found = [problem for item in value for problem in problems(item, shape.member, inside)]
    return found + of_size(len(value), shape, at, "items")


def of_map(value: Any, shape: MapShape, at: str) -> list[str]:
    if not isinstance(value, dict):
        return [wrong_type(value, shape, at)]
    found = of_size(len(value), shape, at, "entries")
    for key, item in value.items():
        found += problems(key, shape.key, f"{at}(key).") + problems(item, shape.value, f"{at}*.")
    return found


def of_scalar(value: Any, shape: Shape, at: str) -> list[str]:
    match shape.type_name:
        case "string" | "character":
            return of_string(value, shape, at) if isinstance(value, str) else [wrong_type(value, shape, at)]
        case "boolean":
            return [] if isinstance(value, bool) else [wrong_type(value, shape, at)]
        case "integer" | "long":
            right = isinstance(value, int) and not isinstance(value, bool)
            return of_size(value, shape, at, "as a number") if right else [wrong_type(value, shape, at)]
        case "float" | "double":
            right = isinstance(value, (int, float)) and not isinstance(value, bool)
            return of_size(value, shape, at, "as a number") if right else [wrong_type(value, shape, at)]
        case "timestamp":
            return of_timestamp(value, shape, at)
        case other:
            return [f"{place(at)}: nothing is known here of the type {other}"]


def of_string(value: str, shape: Shape, at: str) -> list[str]:
    # `Shape` has no attribute for `pattern`, and `enum` is not available for every shape.
    raw = shape._shape_model
    found = []
    if "enum" in raw and value not in raw["enum"] + OTHER_VALUES.get(shape.name, []):
        found.append(f"{place(at)}: none of {', '.join(raw['enum'])}{EXAMPLE}{value!r}")
    pattern = OTHER_PATTERNS.get(shape.name, raw.get("pattern"))
    # AWS's services match the whole text, with Java's regular expressions: `\w` and `\d` are ASCII only, `\p{L}` is
    # not.
    if pattern and not regex.fullmatch(pattern, value, flags_of(pattern)):
        found.append(f"{place(at)}: does not match {pattern}{EXAMPLE}{value!r}")
    lengths = [problem.partition(EXAMPLE)[0] for problem in of_size(len(value), shape, at, "characters")]
    return found + [f"{problem}{EXAMPLE}{value!r}" for problem in lengths]


def flags_of(pattern: str) -> int:
    return int(regex.UNICODE if r"\p{" in pattern else regex.ASCII)


def of_size(size: float, shape: Shape, at: str, of_what: str) -> list[str]:
    least, most = shape._shape_model.get("min"), shape._shape_model.get("max")
    found = []
    if least is not None and size < least:
        found.append(f"{place(at)}: at least {least} {of_what}{EXAMPLE}{size}")
    if most is not None and size > most:
        found.append(f"{place(at)}: at most {most} {of_what}{EXAMPLE}{size}")
    return found


def of_timestamp(value: Any, shape: Shape, at: str) -> list[str]:
    """JSON has seconds since 1970 unless the shape says otherwise; what was XML has ISO 8601 and comes as a moment."""
    form = shape.serialization.get("timestampFormat", "unixTimestamp")
    if isinstance(value, datetime):
        return []
    if form == "unixTimestamp":
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
        return [] if right else [wrong_type(value, shape, at)]
    return [] if isinstance(value, str) and moment(value) else [wrong_type(value, shape, at)]


def moment(text: str) -> datetime | None:
    """What an ISO 8601 text says, as AWS writes one: with a `Z` at its end."""
    try:
        return datetime.fromisoformat(text) if text.endswith("Z") else None
    except ValueError:
        return None


def wrong_type(value: Any, shape: Shape, at: str) -> str:
    return f"{place(at)}: no {shape.type_name}{EXAMPLE}{value!r}"


def place(at: str) -> str:
    return at.removesuffix(".") or "as a whole"
