"""Reads what went over the wire as AWS's models say it is written, and writes it anew. A part of .ci/aws_models.py; needs
botocore."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from aws_shapes import moment


class NotUnderstood(Exception):
    """What is written is not what the protocol has."""


def protocol_of(operation: OperationModel) -> str:
    """The protocol in which an operation is asked here. Service Catalog's first one is CBOR, which no SDK for Rust speaks so
    far; JSON, its second one, is as good."""
    spoken = [it for it in operation.service_model.metadata["protocols"] if it in ("json", "rest-json", "query")]
    return str(spoken[0])


def parameters(operation: OperationModel, request: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a request, by their names on the wire."""
    match protocol_of(operation):
        case "query":
            return of_form(operation, request["body"])
        case "rest-json":
            return {**of_address(operation, request), **of_body(request["body"])}
        case _:
            return of_body(request["body"])


def of_body(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body or "{}")
    except ValueError as error:
        raise NotUnderstood(f"the body is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise NotUnderstood("the body is no object")
    return value


def of_address(operation: OperationModel, request: dict[str, Any]) -> dict[str, Any]:
    """What stands in the query of an address. None of the operations has parameters in its path or in headers."""
    members = operation.input_shape.members.values() if operation.input_shape else []
    places = {member.serialization.get("location") for member in members} - {None, "querystring"}
    if places:
        raise NotUnderstood(f"parameters in {', '.join(map(str, places))}: teach .ci/aws_wire.py to read them")
    pairs = parse_qsl(request["query"], keep_blank_values=True)
    if len(dict(pairs)) != len(pairs):
        raise NotUnderstood("a parameter is twice in the query")
    return dict(pairs)


def of_form(operation: OperationModel, body: str) -> dict[str, Any]:
    pairs = parse_qsl(body, keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NotUnderstood("a parameter is twice in the form")
    if (form.pop("Action", None), form.pop("Version", None)) != (operation.name, operation.service_model.api_version):
        raise NotUnderstood("the form has not the operation's `Action` and `Version`")
    value = taken(form, "", operation.input_shape) if operation.input_shape else None
    # Parameters that are left over belong to no member.
    return {**(value or {}), **form}


def taken(form: dict[str, str], name: str, shape: Shape) -> Any:
    """Takes what belongs to a shape out of a form: `Name.Member`, `Name.member.1`."""
    prefix = f"{name}." if name else ""
    if isinstance(shape, StructureShape):
        members = {it.serialization.get("name", key): it for key, it in shape.members.items()}
        given = {key: taken(form, f"{prefix}{key}", it) for key, it in members.items()}
        return {key: value for key, value in given.items() if value is not None} or None
    if isinstance(shape, ListShape):
        # AWS allows gaps in the numbers.
        begins = f"{prefix}member."
        numbers = {key.removeprefix(begins).split(".")[0] for key in form if key.startswith(begins)}
        in_order = sorted((number for number in numbers if number.isdigit()), key=int)
        return [taken(form, f"{begins}{number}", shape.member) for number in in_order] or None
    return of_text(form.pop(name), shape) if name in form else None


def of_text(text: str, shape: Shape) -> Any:
    """A value that is written as text. One that can't be read stays a text, which is the wrong type then."""
    match shape.type_name:
        case "integer" | "long" if text.lstrip("-").isdigit():
            return int(text)
        case "boolean" if text in ("true", "false"):
            return text == "true"
        case "timestamp":
            return moment(text) or text
        case _:
            return text


def written(operation: OperationModel, given: dict[str, Any]) -> dict[str, Any]:
    """The request that botocore makes of these parameters."""
    serializer = create_serializer(protocol_of(operation), include_validation=True)
    named = by_member(given, operation.input_shape) if operation.input_shape else {}
    return dict(serializer.serialize_to_request(named, operation))


def by_member(value: Any, shape: Shape) -> Any:
    """The same value with the names of the model's members, some of which have other names on the wire."""
    if isinstance(shape, StructureShape) and not shape.is_document_type:
        names = {it.serialization.get("name", name): name for name, it in shape.members.items()}
        return {names[key]: by_member(item, shape.members[names[key]]) for key, item in value.items()}
    if isinstance(shape, ListShape):
        return [by_member(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: by_member(item, shape.value) for key, item in value.items()}
    return value


def differences(operation: OperationModel, request: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """In what a request is another one than botocore's own."""
    made = written(operation, given)
    headers = {name.lower(): value for name, value in made["headers"].items()}
    path, _, query = made["url_path"].partition("?")
    pairs = [
        ("method", request["method"], made["method"]),
        ("path", unquote(request["path"]), unquote(path)),
        ("query", sorted(parse_qsl(request["query"], keep_blank_values=True)), queried(query, made["query_string"])),
        ("x-amz-target", request["headers"].get("x-amz-target"), headers.get("x-amz-target")),
        ("body", body_of(operation, request["body"]), made_body(operation, made["body"])),
    ]
    if request["body"]:
        sent, usual = (media_type(it.get("content-type")) for it in (request["headers"], headers))
        # botocore leaves out the content type that HTTP libraries add for a form.
        pairs.append(("content-type", sent, usual or "application/x-www-form-urlencoded"))
    return [f"{what}: {sent!r}, and botocore has {usual!r}" for what, sent, usual in pairs if sent != usual]


def queried(in_path: str, apart: Any) -> list[tuple[str, str]]:
    pairs = parse_qsl(in_path, keep_blank_values=True)
    return sorted(pairs + [(str(name), str(value)) for name, value in dict(apart or {}).items()])


def media_type(header: str | None) -> str | None:
    return header.split(";")[0].strip() if header else None


def body_of(operation: OperationModel, body: str) -> Any:
    if protocol_of(operation) == "query":
        return dict(parse_qsl(body, keep_blank_values=True))
    return json.loads(body or "{}")


def made_body(operation: OperationModel, body: Any) -> Any:
    if protocol_of(operation) == "query":
        return {str(name): str(value).lower() if isinstance(value, bool) else str(value) for name, value in body.items()}
    return json.loads(body or "{}")


def result(operation: OperationModel, body: str) -> dict[str, Any]:
    """What an answer that went well says, by the names on the wire."""
    if protocol_of(operation) != "query":
        return of_body(body)
    root = of_xml(body)
    name, version = f"{operation.name}Response", operation.service_model.metadata["xmlNamespace"]
    if root.tag != f"{{{version}}}{name}":
        raise NotUnderstood(f"the answer is {root.tag}, not {name} of {version}")
    parts = {local(child): child for child in root}
    if set(parts) != {f"{operation.name}Result", "ResponseMetadata"}:
        raise NotUnderstood(f"the answer has {', '.join(parts)}")
    if parts["ResponseMetadata"].find("{*}RequestId") is None:
        raise NotUnderstood("the answer has no RequestId")
    wrapped = parts[f"{operation.name}Result"]
    return dict(of_element(wrapped, operation.output_shape)) if operation.output_shape else {}


def of_xml(body: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise NotUnderstood(f"the body is no XML: {error}") from error


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def of_element(element: ElementTree.Element, shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        members = {it.serialization.get("name", key): it for key, it in shape.members.items()}
        names = [local(child) for child in element]
        if len(set(names)) != len(names):
            raise NotUnderstood(f"an element is twice in {local(element)}")
        # An unknown element stays a text. The comparison with the shape reports it.
        return {
            name: of_element(child, members[name]) if name in members else child.text
            for name, child in zip(names, element)
        }
    if isinstance(shape, ListShape):
        if wrong := [local(child) for child in element if local(child) != "member"]:
            raise NotUnderstood(f"{local(element)} is a list, and has {wrong[0]}")
        return [of_element(child, shape.member) for child in element]
    if isinstance(shape, MapShape):
        raise NotUnderstood("a map in XML: teach .ci/aws_wire.py to read it")
    return of_text(element.text or "", shape)


def error(operation: OperationModel, answer: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The code of an error and what else it says, by the names on the wire."""
    protocol = protocol_of(operation)
    if protocol == "query":
        code, said = of_error_response(of_xml(answer["body"]))
    else:
        said = of_body(answer["body"])
        code = said.pop("__type", None) if protocol == "json" else answer["headers"].get("x-amzn-errortype")
    if not isinstance(code, str):
        raise NotUnderstood("an error without a code")
    read = parsed(operation, answer)["Error"]["Code"]
    if read != code:
        raise NotUnderstood(f"botocore reads the code as {read}, and it is {code}")
    return code, said


def of_error_response(root: ElementTree.Element) -> tuple[str | None, dict[str, Any]]:
    said = {local(child): child.text or "" for child in root.findall("{*}Error/*")}
    if local(root) != "ErrorResponse" or root.find("{*}RequestId") is None or said.pop("Type", None) is None:
        raise NotUnderstood("an error that is no ErrorResponse with an Error, a Type and a RequestId")
    # Errors of this protocol write `Message` with a capital letter, whatever the models say.
    return said.pop("Code", None), {"message": said.pop("Message", ""), **said}


def parsed(operation: OperationModel, answer: dict[str, Any]) -> dict[str, Any]:
    """What botocore makes of an answer."""
    raw = {"status_code": answer["status"], "headers": answer["headers"], "body": answer["body"].encode()}
    parser = create_parser(protocol_of(operation))
    return dict(parser.parse(raw, operation.output_shape))


def same(raw: Any, read: Any) -> bool:
    """Whether botocore read all that there is, and the same. How moments are written has been seen to before."""
    if isinstance(raw, dict) and isinstance(read, dict):
        return raw.keys() == read.keys() and all(same(raw[key], read[key]) for key in raw)
    if isinstance(raw, list) and isinstance(read, list):
        return len(raw) == len(read) and all(map(same, raw, read))
    return hasattr(read, "tzinfo") or raw == read
