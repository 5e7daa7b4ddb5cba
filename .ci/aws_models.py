"""Holds what the tests asked of the sandbox, and what it answered, against the models that AWS publishes of its services.

usage: aws_models.py FOLDER [TOTALS]

FOLDER has what the sandbox wrote down (CATALOG_SYNC_SANDBOX_CALLS, docs/sandbox.md), a call a line. TOTALS is a file for the
numbers of checks that held and that did not. Needs botocore, which brings the models, and regex.

Of a request: the operation exists, its parameters are known, none that is required is missing, types, values, patterns,
lengths and ranges are kept, and it is written as botocore writes one with these parameters. A request of a test that is
none of these on purpose has to be refused. Of an answer: botocore reads it, nothing in it is unknown, missing or of another
type, and an error is one that the operation has, or that every operation has. An answer that a fault of the world made up
says what a test wants it to say; those are counted and left alone.
"""

import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Iterator

import botocore.session
from botocore.model import OperationModel, ServiceModel

import aws_broken as broken
import aws_wire as wire
from aws_shapes import EXAMPLE, problems

# The sandbox's service names, each with botocore's. Marketplace Discovery is told from Marketplace Catalog by its
# path.
SERVICES = {
    "sts": "sts",
    "iam": "iam",
    "organizations": "organizations",
    "servicecatalog": "servicecatalog",
    "aws-marketplace": "marketplace-catalog",
    "license-manager": "license-manager",
}
DISCOVERY = "marketplace-discovery"

# Errors that any operation of a service can return although its model does not list them: "Common Error Types" in each
# service's API reference, and for JSON the errors of the endpoint itself (AWS JSON protocol, "Error types").
COMMON = {
    "json": {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestEntityTooLargeException",
        "SerializationException",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
        "ValidationException",
    },
    "query": {
        "AccessDenied",
        "ExpiredToken",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "Throttling",
        "ValidationError",
    },
}

# Errors that mean that the sandbox does not know the request. The tool's own client must never get one.
NOT_EMULATED = {"UnknownOperationException", "SerializationException"}

# In the user agent of the tool's own client, and of the plain SDK in tests.
OURS, SDK = "app/catalog-sync", "aws-sdk-rust"


@dataclass(frozen=True)
class Call:
    """A request and its answer, and where they are written down."""

    place: str
    service: str | None
    operation: str
    fault: bool
    request: dict[str, Any]
    answer: dict[str, Any] | None

    def says(self, client: str) -> bool:
        return client in self.request["headers"].get("user-agent", "")

    def succeeded(self) -> bool:
        return self.answer is not None and self.answer["status"] < 300

    def name(self) -> str:
        return f"{self.service} {self.operation}"


class Models:
    """AWS's models, each read once."""

    def __init__(self) -> None:
        self.session = botocore.session.Session()
        self.known: dict[str, ServiceModel] = {}

    def operation(self, service: str, name: str) -> OperationModel | None:
        if service not in self.known:
            self.known[service] = self.session.get_service_model(service)
        model = self.known[service]
        return model.operation_model(name) if name in model.operation_names else None


# Sequence numbers in the sandbox's answers.
NUMBER = re.compile(r"00000000-0000-4000-8000-\d{12}")


def recorded(folder: Path, repeated: Counter[str]) -> Iterator[Call]:
    """Every call that was not the same, answer and all, as one before it; `repeated` counts those."""
    seen = set()
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                key = hashlib.sha256(NUMBER.sub("", line).encode()).digest()
                if key in seen:
                    repeated["calls"] += 1
                    continue
                seen.add(key)
                yield read(json.loads(line), f"{file}:{number}")


def read(line: dict[str, Any], place: str) -> Call:
    service = SERVICES[line["service"]] if line["service"] else None
    if service == "marketplace-catalog" and line["request"]["path"].startswith("/2026-02-05/"):
        service = DISCOVERY
    return Call(place, service, line["operation"] or "", line["fault"], line["request"], line["answer"])


def request_problems(operation: OperationModel, call: Call) -> list[str]:
    """What is wrong with a request. One that is wrong and was refused is a test of the sandbox."""
    found = parameter_problems(operation, call)
    # A request that a test wrote by hand holds only the fields that the sandbox reads.
    if not found and (call.says(OURS) or call.says(SDK)):
        given = wire.parameters(operation, call.request)
        found = wire.differences(operation, call.request, given) + signature_problems(operation, call)
    if call.says(OURS):
        return found
    return [f"the sandbox took it with {problem}" for problem in found] if call.succeeded() and not call.fault else []


def parameter_problems(operation: OperationModel, call: Call) -> list[str]:
    try:
        given = wire.parameters(operation, call.request)
    except wire.NotUnderstood as error:
        return [str(error)]
    if operation.input_shape is None:
        return [f"{name}: unknown" for name in given]
    return problems(given, operation.input_shape)


def signature_problems(operation: OperationModel, call: Call) -> list[str]:
    signed = (call.request["signed_for"] or {}).get("service")
    wanted = None if operation.auth_type == "none" else operation.service_model.signing_name
    return [] if signed == wanted else [f"signed for {signed}, and AWS wants it signed for {wanted}"]


def answer_problems(operation: OperationModel, call: Call) -> list[str]:
    """What is wrong with an answer."""
    answer = call.answer
    if answer is None:
        return ["none, and no fault of the world says so"]
    try:
        return (success_problems if call.succeeded() else error_problems)(operation, call, answer)
    except wire.NotUnderstood as error:
        return [str(error)]


# Control characters and markup, as Python prints them. Some test worlds have names that AWS would refuse, to check how
# the terminal and comments show them.
HOSTILE = re.compile(r"\\x1b|\\n|\\u202e|<\w+>")


def success_problems(operation: OperationModel, call: Call, answer: dict[str, Any]) -> list[str]:
    wanted = operation.http.get("responseCode", 200)
    found = [] if answer["status"] == wanted else [f"status {answer['status']}, not {wanted}"]
    said = wire.result(operation, answer["body"])
    if operation.output_shape is None:
        return found + [f"{name}: unknown" for name in said]
    found += problems(said, operation.output_shape)
    if not found:
        understood = wire.parsed(operation, answer)
        understood.pop("ResponseMetadata", None)
        if not wire.same(wire.by_member(said, operation.output_shape), understood):
            found.append(f"botocore reads it as {understood}")
    return found


def error_problems(operation: OperationModel, call: Call, answer: dict[str, Any]) -> list[str]:
    code, said = wire.error(operation, answer)
    if code in NOT_EMULATED:
        return [f"{code}: our own client asks for what the sandbox does not emulate"] if call.says(OURS) else []
    shapes = {shape.metadata.get("error", {}).get("code", shape.name): shape for shape in operation.error_shapes}
    if code not in shapes:
        common = COMMON["query" if wire.protocol_of(operation) == "query" else "json"]
        found = [] if code in common else [f"{code}: neither the operation nor every operation has this error"]
        return found + [f"{code}, {name}: unknown" for name in said if name not in ("message", "Message")]
    shape = shapes[code]
    status = shape.metadata.get("error", {}).get("httpStatusCode", answer["status"])
    found = [] if status == answer["status"] else [f"{code}: status {answer['status']}, not {status}"]
    if not shape.members:
        # The model leaves the message out, but AWS sends it.
        said = {name: value for name, value in said.items() if name.lower() != "message"}
    return found + [f"{code}, {problem}" for problem in problems(said, shape)]


def operations_of(source: Path) -> list[tuple[str, str]]:
    """What the client can call: the rows of the table in src/cloud/operation.rs."""
    services = {
        "Sts": "sts",
        "Organizations": "organizations",
        "ServiceCatalog": "servicecatalog",
        "Marketplace": "marketplace-catalog",
        "Discovery": DISCOVERY,
        "LicenseManager": "license-manager",
        "Iam": "iam",
    }
    table = source.read_text(encoding="utf-8").split("\noperations! {\n")[1].split("\n}\n")[0]
    found, service = [], ""
    for line in table.splitlines():
        if head := re.fullmatch(r"    (\w+) \{", line):
            service = services[head[1]]
        elif row := re.match(r"        (\w+): (Read|Write) for ", line):
            found.append((service, row[1]))
        elif line.strip() != "}":
            raise ValueError(f"{source}: this is no row of operations: {line}")
    return found


class Held:
    """What was held against the models, and what came of it."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.faults = 0
        self.documents = 0
        self.hostile = 0
        self.nothing = 0
        # The operations that succeeded for the tool's own client.
        self.went_well: dict[tuple[str, str], Call] = {}
        # The problems, each with the places where it occurs.
        self.wrong: dict[str, list[str]] = {}

    def blame(self, what: str, problem: str, place: str) -> None:
        general, _, example = problem.partition(EXAMPLE)
        self.wrong.setdefault(f"{what}: {general}", []).append(f"{place} {example}".strip())


def hold(calls: Iterator[Call], models: Models) -> Held:
    held = Held()
    for call in calls:
        operation = models.operation(call.service, call.operation) if call.service else None
        if operation:
            hold_one(held, operation, call)
        else:
            held.nothing += 1
            if call.says(OURS) or call.succeeded():
                held.blame(call.name(), "there is no such operation", call.place)
    return held


def documents_in(call: Call) -> int:
    """`DetailsDocument` of requests and answers: any JSON by the model. tests/it/sandbox/shapes.rs holds those of requests
    against AWS's documentation."""
    bodies = [call.request["body"], call.answer["body"] if call.answer else ""]
    return sum(body.count('"DetailsDocument"') for body in bodies)


def hold_one(held: Held, operation: OperationModel, call: Call) -> None:
    held.requests[call.name()] += 1
    held.documents += documents_in(call)
    for problem in request_problems(operation, call):
        held.blame(f"{call.name()}, request", problem, call.place)
    if call.fault:
        held.faults += 1
        return
    held.answers[call.name()] += 1
    for problem in answer_problems(operation, call):
        if HOSTILE.search(problem.partition(EXAMPLE)[2]):
            held.hostile += 1
        else:
            held.blame(f"{call.name()}, answer", problem, call.place)
    if call.succeeded() and call.says(OURS):
        held.went_well.setdefault((call.service or "", call.operation), call)


def try_out(held: Held, models: Models) -> int:
    """Breaks a call of each operation that went well, and sees that every break is found."""
    tried = 0
    for (service, name), call in held.went_well.items():
        operation = models.operation(service, name)
        if operation is None or call.answer is None:
            continue
        for what, request in broken.requests(operation, call.request):
            tried += 1
            if not request_problems(operation, replace(call, request=request)):
                held.blame(call.name(), f"a broken request is not found: {what}", call.place)
        for what, answer in broken.answers(operation, call.answer):
            tried += 1
            if not answer_problems(operation, replace(call, answer=answer)):
                held.blame(call.name(), f"a broken answer is not found: {what}", call.place)
    return tried


def report(held: Held, repeated: int, tried: int) -> None:
    for problem, places in sorted(held.wrong.items()):
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        print(f"{problem}\n  in {places[0]}{more}")
    requests, answers = sum(held.requests.values()), sum(held.answers.values())
    names = len(held.requests.keys() | held.answers.keys())
    print(f"{requests} requests and {answers} answers of {names} operations were held against AWS's models, "
          f"{len(held.wrong)} differences")  # fmt: skip
    print(f"not held again: {repeated} calls that were the same as one of these")
    print(f"not held: {held.faults} answers that faults of a world made up, {held.documents} documents of the Marketplace "
          f"Catalog, which are free-form, {held.hostile} names that a world gives to try the escaping, {held.nothing} "
          f"requests of no service or operation, all of them refused")  # fmt: skip
    print(f"{tried} broken requests and answers were tried")


def totals(held: Held, table: list[tuple[str, str]], tried: int) -> str:
    """A check for the requests and for the answers of each operation, for each operation of the client, and for each try."""
    checks = len(held.requests) + len(held.answers) + len(table) + tried
    failed = min(len(held.wrong), checks) or (0 if checks else 1)
    return f"# pass {checks - failed if checks else 0}\n# fail {failed}\n"


def main(folder: Path, counts: Path | None) -> int:
    models, repeated = Models(), Counter[str]()
    held = hold(recorded(folder, repeated), models)
    if not held.requests:
        held.blame(str(folder), "nothing was written down there", "the tests")
    table = operations_of(Path(__file__).parent.parent / "src/cloud/operation.rs")
    for service, name in table:
        if (service, name) not in held.went_well:
            held.blame(f"{service} {name}", "the client can ask for it, and no test did so with success", "the tests")
    tried = try_out(held, models)
    report(held, repeated.total(), tried)
    if counts:
        counts.write_text(totals(held, table, tried), encoding="utf-8")
    return 1 if held.wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
