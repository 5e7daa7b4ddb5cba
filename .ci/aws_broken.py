"""Breaks calls that are right, each in one way, to try whether .ci/aws_models.py finds what is wrong. A part of it."""

import json
from typing import Any, Iterator

from botocore.model import OperationModel

import aws_wire as wire

UNHEARD = "Unheard"


def requests(operation: OperationModel, request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same request, wrong, and what is wrong with it."""
    yield "another method", {**request, "method": "PUT"}
    yield "another path", {**request, "path": "/elsewhere"}
    if wire.protocol_of(operation) == "query":
        yield "an unknown parameter", {**request, "body": f"{request['body']}&{UNHEARD}=1"}
        return
    if wire.protocol_of(operation) == "json":
        yield "another target", {**request, "headers": {**request["headers"], "x-amz-target": UNHEARD}}
    if request["method"] == "GET":
        yield "an unknown parameter", {**request, "query": f"{request['query']}&{UNHEARD}=1"}
        return
    given = json.loads(request["body"] or "{}")
    for what, broken in objects(given):
        yield what, {**request, "body": json.dumps(broken)}
    required = operation.input_shape.required_members if operation.input_shape else []
    for name in required:
        yield f"no {name}", {**request, "body": json.dumps({key: it for key, it in given.items() if key != name})}


def answers(operation: OperationModel, answer: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same answer, wrong, and what is wrong with it."""
    if wire.protocol_of(operation) == "query":
        end = f"</{operation.name}Result>"
        yield "an unknown element", {**answer, "body": answer["body"].replace(end, f"<{UNHEARD}/>{end}")}
        yield "no element around it", {**answer, "body": answer["body"].replace(f"{operation.name}Result", UNHEARD)}
        return
    for what, broken in objects(json.loads(answer["body"])):
        yield what, {**answer, "body": json.dumps(broken)}
    yield "cut off", {**answer, "body": answer["body"][:-1]}
    yield "an unknown error", {
        "status": 400,
        "headers": {**answer["headers"], "x-amzn-errortype": UNHEARD},
        "body": json.dumps({"__type": UNHEARD, "message": "?"}),
    }


def objects(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "an unknown member", {**value, UNHEARD: 1}
    for name, item in value.items():
        yield f"{name} null", {**value, name: None}
        if not is_free(item):
            yield f"{name} of another type", {**value, name: [[]]}


def is_free(item: Any) -> bool:
    """Whether it may be anything: a document of the Marketplace Catalog is the one object that is no structure."""
    return isinstance(item, dict)
