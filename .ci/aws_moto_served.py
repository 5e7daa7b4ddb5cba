"""An AWS of moto's, in this process. A part of .ci/aws_moto.py; needs moto[server] and boto3.

moto is an AWS that nobody of this project wrote. `Aws` serves it on a port of the loopback interface that the system
gives, counts which operations it answered, and answers by itself the few that moto lacks and that a plan needs.
"""

import io
import json
import threading
from collections import Counter
from typing import Any, Callable, Iterable
from urllib.parse import parse_qs

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

# moto's own account. Its credentials need no setup.
MANAGEMENT = "123456789012"
REGION = "us-east-1"


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def organizations_access(_: dict[str, Any]) -> dict[str, Any]:
    """Whether the organization lets Service Catalog share through it: the organization was told so by
    EnableAWSServiceAccess, which moto keeps, and Service Catalog itself can't be asked."""
    return {"AccessStatus": "ENABLED"}


def share_status(asked: dict[str, Any]) -> dict[str, Any]:
    """The end of a share with a node: moto shares at once and has nothing to wait for. Its tokens say what of."""
    _, *portfolio, _, _ = asked["PortfolioShareToken"].split("-")
    return {"PortfolioShareToken": asked["PortfolioShareToken"], "PortfolioId": "-".join(portfolio), "Status": "COMPLETED"}


# Answers for operations that moto lacks, by Service Catalog's name of the operation.
LACKING: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "GetAWSOrganizationsAccessStatus": organizations_access,
    "DescribePortfolioShareStatus": share_status,
}


class Aws:
    """moto, served."""

    def __init__(self) -> None:
        self.by_moto: Counter[str] = Counter()
        self.by_us: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        # Operations that neither moto nor this program answers.
        self.lacked: Counter[str] = Counter()
        self.moto = DomainDispatcherApplication(create_backend_app)
        # Requests are answered one by one, since moto has no locks.
        self.server = make_server("127.0.0.1", 0, self.answer, request_handler=Quiet)
        # The port listens from here on. A client that connects now is answered once the thread runs.
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()

    def answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        operation = named(environ.get("HTTP_X_AMZ_TARGET", ""), body)
        # boto3 prepares and inspects the state; only the requests of the tool's own client count.
        ours = "app/catalog-sync" in environ.get("HTTP_USER_AGENT", "")
        if ours and operation in LACKING:
            self.by_us[operation] += 1
            answer = Response(json.dumps(LACKING[operation](json.loads(body))), mimetype="application/x-amz-json-1.1")
            return answer(environ, start)

        def counted(status: str, *rest: Any) -> Any:
            if ours:
                (self.by_moto if status.startswith("200") else self.refused)[operation] += 1
            return start(status, *rest)

        try:
            answered: Iterable[bytes] = self.moto(environ, counted)
            return answered
        except NotImplementedError:
            self.lacked[operation] += 1
            return Response(f"moto does not know {operation}", status=501)(environ, start)

    def client(self, service: str, account: str = MANAGEMENT) -> Any:
        """A client of boto3's, in an account."""
        start = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "example"}
        if account != MANAGEMENT:
            sts = boto3.client("sts", region_name=REGION, endpoint_url=self.url, **start)
            role = f"arn:aws:iam::{account}:role/moto"
            entered = sts.assume_role(RoleArn=role, RoleSessionName="moto")["Credentials"]
            start = {
                "aws_access_key_id": entered["AccessKeyId"],
                "aws_secret_access_key": entered["SecretAccessKey"],
                "aws_session_token": entered["SessionToken"],
            }
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, **start)


def named(target: str, body: bytes) -> str:
    """The operation of a request: in a header for JSON, in the form for STS."""
    if target:
        return target.rpartition(".")[2]
    return parse_qs(body.decode(errors="replace")).get("Action", ["a request without a name"])[0]
