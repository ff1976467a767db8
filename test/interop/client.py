"""Python's AWS clients, driven from outside: boto3, and the AWS CLI where it is a Python package.

Reads lines from standard input. Each is a JSON list of tasks; for each line one line is printed, the JSON
list of their results in order. One process serves many tests, since starting one takes a second.

Nothing here reaches beyond this machine: a connection to another address than loopback is refused.
Pauses between attempts are left out, attempts are not.
"""

import contextlib
import datetime
import functools
import importlib
import io
import json
import os
import sys
from unittest import mock


def refuse_other_machines(event, args):
    if event == "socket.connect":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if not (host in ("", None, "localhost", "::1") or host.startswith("127.")):
        raise PermissionError(f"no test may reach {host}")


sys.addaudithook(refuse_other_machines)


class PausesLeftOut:
    """The module `time`, in which sleeping takes none."""

    def __getattr__(self, name):
        return getattr(importlib.import_module("time"), name)

    def sleep(self, seconds):
        pass


def client_of(target):
    return make_client(json.dumps(target, sort_keys=True))


@functools.lru_cache(maxsize=64)
def make_client(text):
    import boto3
    import botocore.config
    import botocore.endpoint
    import botocore.session

    target = json.loads(text)
    botocore.endpoint.time = PausesLeftOut()
    session = botocore.session.Session()
    if "dataPath" in target:
        session.set_config_variable("data_path", target["dataPath"])
    credentials = target.get("credentials")
    config = {} if credentials else {"signature_version": botocore.UNSIGNED}
    if "retryMode" in target:
        config["retries"] = {"mode": target["retryMode"]}
    credentials = credentials or {}
    return boto3.session.Session(botocore_session=session).client(
        "codestar",
        endpoint_url=target["endpoint"],
        region_name=target["region"],
        aws_access_key_id=credentials.get("accessKeyId"),
        aws_secret_access_key=credentials.get("secretAccessKey"),
        aws_session_token=credentials.get("sessionToken"),
        config=botocore.config.Config(**config),
    )


def call(task):
    """One operation: its output, or the error as boto3 raises it."""
    import botocore

    client = client_of(task["target"])
    try:
        method = getattr(client, botocore.xform_name(task["operation"]))
        response = method(**task["parameters"])
    except Exception as error:
        return {"error": describe(error, client)}
    metadata = response.pop("ResponseMetadata")
    return {
        "output": response,
        "status": metadata["HTTPStatusCode"],
        "requestId": metadata.get("RequestId"),
        "attempts": metadata["RetryAttempts"] + 1,
    }


def describe(error, client):
    response = getattr(error, "response", None) or {}
    metadata = response.get("ResponseMetadata", {})
    described = {
        "className": type(error).__name__,
        "message": str(error),
        "code": response.get("Error", {}).get("Code"),
        "text": response.get("Error", {}).get("Message"),
        "status": metadata.get("HTTPStatusCode"),
        "requestId": metadata.get("RequestId"),
    }
    # Typed: what a program can write after `except client.exceptions.`.
    with contextlib.suppress(AttributeError):
        typed = getattr(client.exceptions, type(error).__name__)
        described["typed"] = isinstance(error, typed)
    return described


def pages(task):
    """All pages of ListUserProfiles, by boto3's own paginator."""
    paginator = client_of(task["target"]).get_paginator("list_user_profiles")
    found = [page["userProfiles"] for page in paginator.paginate(**task["parameters"])]
    return {"sizes": [len(page) for page in found], "profiles": sum(found, [])}


def command(task):
    """`aws` with these arguments, in this process."""
    import awscli.clidriver

    # The AWS CLI's own, which it puts in the place of boto3's.
    import botocore.endpoint

    botocore.endpoint.time = PausesLeftOut()
    out, err = io.BytesIO(), io.BytesIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, task.get("environment", {})))
        for redirect, stream in (
            (contextlib.redirect_stdout, out),
            (contextlib.redirect_stderr, err),
        ):
            wrapper = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
            stack.enter_context(redirect(wrapper))
        try:
            status = awscli.clidriver.AWSCLIEntryPoint().main(task["arguments"])
        except SystemExit as end:
            status = end.code
        # Read before the wrappers are gone: they close their streams with them.
        return {
            "status": status,
            "out": out.getvalue().decode("utf-8"),
            "err": err.getvalue().decode("utf-8"),
        }


def model(task):
    """What a package knows of CodeStar: the files that its loader finds."""
    importlib.import_module(task["package"])
    session = importlib.import_module("botocore.session").Session()
    if "dataPath" in task:
        session.set_config_variable("data_path", task["dataPath"])
    loader = session.get_component("data_loader")
    found = {
        name: loader.load_service_model("codestar", name) for name in ("service-2", "paginators-1")
    }
    return {"service": found["service-2"], "paginators": found["paginators-1"]}


def versions(task):
    import boto3
    import botocore

    return {"python": sys.version, "boto3": boto3.__version__, "botocore": botocore.__version__}


tasks = {
    "call": call,
    "pages": pages,
    "command": command,
    "model": model,
    "versions": versions,
}


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds")
    raise TypeError(type(value).__name__)


for line in sys.stdin:
    results = [tasks[task["do"]](task) for task in json.loads(line)]
    print(json.dumps(results, default=plain), file=sys.__stdout__, flush=True)
