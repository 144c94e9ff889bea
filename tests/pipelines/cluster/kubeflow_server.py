"""A server of Kubeflow Pipelines' API v2beta1 that enforces its published rules; it has a memory, and no cluster.

What is published says which paths, fields, types and words there are (`published`); what the backend checks beyond it
(names that are taken, namespaces, who may, parameters of a pipeline, page tokens) is checked here.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from kfp_server_api import V2beta1PredicateOperation

from tests.pipelines.cluster.published import Route, mistakes, routes

NEVER = "1970-01-01T00:00:00Z"
GOING = ("PENDING", "RUNNING", "PAUSED")
ID = {
    "pipelines": "pipeline_id",
    "experiments": "experiment_id",
    "runs": "run_id",
    "recurring_runs": "recurring_run_id",
}
COLUMNS = {"display_name", "name", "created_at", "state", "storage_state", "experiment_id", "namespace", "description"}

Json = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


@dataclass(kw_only=True)
class Failure:
    """What goes wrong with the next request whose operation is so named.

    Attributes:
        status: is answered; 0: the connection is cut.
        done: the request is done before that.
    """

    operation: str
    status: int = 0
    done: bool = False
    headers: Json = field(default_factory=dict)


class KubeflowServer(ThreadingHTTPServer):
    """`tokens` are who may ask, each with the namespaces it may use; without any, everybody may.

    `lost` are the runs whose workflow is gone: Kubeflow ends none of them.
    """

    daemon_threads = True

    def __init__(self, *, multi_user: bool = False, tokens: Json | None = None, most: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.multi_user, self.tokens, self.most = multi_user, tokens or {}, most
        self.kept: dict[str, dict[str, Json]] = {name: {} for name in (*ID, "versions")}
        self.lost: set[str] = set()
        self.failures: list[Failure] = []
        self.asked: list[str] = []
        self.told: list[Json] = []
        self.progress: Callable[[Json], None] = lambda _run: None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def changes(self) -> list[str]:
        """Operations that were asked for and change something, in their order."""
        return [name for name in self.asked if not any(word in name for word in ("list", "get"))]

    def keep(self, kind: str, record: Json, **more: Any) -> Json:
        number = next(self._numbers)
        created = (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
        key = "pipeline_version_id" if kind == "versions" else ID[kind]
        made = {**record, key: f"{kind}-{number:04d}", "created_at": created, **more}
        self.kept[kind][made[key]] = made
        return made

    def answer(self, route: Route, parts: Json, query: Json, body: Any, *, who: str) -> Json:
        with self._lock:
            found: Json = getattr(self, f"_{route.name}")(parts, query, body, who)
        return found

    def _healthz_service_get_healthz(self, *_: Any) -> Json:
        return {"multi_user": self.multi_user}

    def _experiment_service_create_experiment(self, _: Json, __: Json, body: Json, who: str) -> Json:
        return self._named("experiments", body, who=who, storage_state="AVAILABLE")

    def _experiment_service_list_experiments(self, _: Json, query: Json, __: Any, who: str) -> Json:
        return self._page("experiments", query, self._seen("experiments", query, who=who))

    def _pipeline_service_create_pipeline(self, _: Json, __: Json, body: Json, who: str) -> Json:
        return self._named("pipelines", body, who=who)

    def _pipeline_service_list_pipelines(self, _: Json, query: Json, __: Any, who: str) -> Json:
        return self._page("pipelines", query, self._seen("pipelines", query, who=who))

    def _pipeline_service_list_pipeline_versions(self, parts: Json, query: Json, _: Any, who: str) -> Json:
        owner = self._one("pipelines", parts["pipeline_id"], who=who)
        found = [each for each in self.kept["versions"].values() if each["pipeline_id"] == owner["pipeline_id"]]
        return self._page("pipeline_versions", query, found)

    def _pipeline_service_get_pipeline_version(self, parts: Json, _: Json, __: Any, who: str) -> Json:
        self._one("pipelines", parts["pipeline_id"], who=who)
        return self._one("versions", parts["pipeline_version_id"], who=who)

    def _upload_pipeline_version(self, _: Json, query: Json, body: bytes, who: str) -> Json:
        owner = self._one("pipelines", query.get("pipelineid", ""), who=who)
        pipeline, *platform = yaml.load_all(body, Loader=yaml.CSafeLoader)
        if "pipelineInfo" not in pipeline:
            raise Refused(400, "Failed to read a pipeline spec file")
        taken = [
            each["display_name"]
            for each in self.kept["versions"].values()
            if each["pipeline_id"] == owner["pipeline_id"]
        ]
        if query["name"] in taken:
            raise Refused(409, "Failed to create a pipeline version")
        spec = {"pipeline_spec": pipeline, **({"platform_spec": platform[0]} if platform else {})}
        record = {"display_name": query["name"], "name": query["name"], "pipeline_id": owner["pipeline_id"]}
        return self.keep("versions", record, pipeline_spec=spec)

    def _run_service_create_run(self, _: Json, __: Json, body: Json, who: str) -> Json:
        self._check_pinned(body, who=who)
        made = {**body, "state": "PENDING", "storage_state": "AVAILABLE"}
        return self.keep("runs", made, finished_at=NEVER, scheduled_at=NEVER)

    def _run_service_list_runs(self, _: Json, query: Json, __: Any, who: str) -> Json:
        return self._page("runs", query, self._seen("runs", query, who=who))

    def _run_service_get_run(self, parts: Json, _: Json, __: Any, who: str) -> Json:
        run = self._one("runs", parts["run_id"], who=who)
        self.progress(run)
        told = dict(run)
        if run["state"] == "CANCELING" and run["run_id"] not in self.lost:  # once its workflow has ended it failed
            run.update(state="FAILED", state_history=[{"state": "CANCELING"}, {"state": "FAILED"}])
        return told

    def _run_service_terminate_run(self, parts: Json, _: Json, __: Any, who: str) -> Json:
        run = self._one("runs", parts["run_id"], who=who)
        if run["state"] not in GOING:
            raise Refused(400, f"Failed to terminate a run {run['run_id']}. Row not found")
        run["state"] = "CANCELING"
        if run["run_id"] in self.lost:
            raise Refused(500, f"Failed to terminate run {run['run_id']} due to error terminating its workflow")
        return {}

    def _recurring_run_service_create_recurring_run(self, _: Json, __: Json, body: Json, who: str) -> Json:
        self._check_pinned(body, who=who)
        if len(body.get("trigger", {})) != 1:
            raise Refused(400, "a recurring run has one trigger")
        if not 1 <= int(body.get("max_concurrency", "0")) <= 10:
            raise Refused(400, "max_concurrency must be from 1 to 10")
        status = {"ENABLE": "ENABLED", "DISABLE": "DISABLED"}.get(body.get("mode", ""))
        if status is None:
            raise Refused(400, "a recurring run has a mode")
        record = {key: value for key, value in body.items() if key != "mode"}
        return self.keep("recurring_runs", record, status=status)

    def _recurring_run_service_list_recurring_runs(self, _: Json, query: Json, __: Any, who: str) -> Json:
        return self._page("recurringRuns", query, self._seen("recurring_runs", query, who=who))

    def _recurring_run_service_enable_recurring_run(self, parts: Json, _: Json, __: Any, who: str) -> Json:
        self._one("recurring_runs", parts["recurring_run_id"], who=who)["status"] = "ENABLED"
        return {}

    def _recurring_run_service_disable_recurring_run(self, parts: Json, _: Json, __: Any, who: str) -> Json:
        self._one("recurring_runs", parts["recurring_run_id"], who=who)["status"] = "DISABLED"
        return {}

    def _recurring_run_service_delete_recurring_run(self, parts: Json, query: Json, __: Any, who: str) -> Json:
        """Kubernetes deletes the workflows that it began too, and of their runs nothing is known from then on."""
        self._one("recurring_runs", parts["recurring_run_id"], who=who)
        if query.get("propagation_policy") != "ORPHAN":
            began = (each for each in self.kept["runs"].values() if each.get("recurring_run_id") in parts.values())
            self.lost |= {each["run_id"] for each in began}
        del self.kept["recurring_runs"][parts["recurring_run_id"]]
        return {}

    def _named(self, kind: str, body: Json, *, who: str, **more: Any) -> Json:
        namespace = self._namespace(body.get("namespace", ""), who=who)
        if not body.get("display_name"):
            raise Refused(400, "name is required")
        taken = [each["display_name"] for each in self.kept[kind].values() if each["namespace"] == namespace]
        if body["display_name"] in taken:
            raise Refused(409, f"Already exist error: {body['display_name']}")
        return self.keep(kind, body, namespace=namespace, **more)

    def _check_pinned(self, body: Json, *, who: str) -> None:
        """Experiment, version and parameters of a run or a recurring run."""
        if not body.get("display_name"):
            raise Refused(400, "The run name is empty. Please specify a valid name")
        if not body.get("experiment_id") and self.multi_user:
            raise Refused(400, "Experiment id can not be empty in multi-user mode")
        self._one("experiments", body["experiment_id"], who=who)
        asked = body["pipeline_version_reference"]
        version = self._one("versions", asked["pipeline_version_id"], who=who)
        wanted = version["pipeline_spec"]["pipeline_spec"]["root"]["inputDefinitions"]["parameters"]
        given = body.get("runtime_config", {}).get("parameters", {})
        if unknown := set(given) - set(wanted):
            raise Refused(400, f"Invalid input error: unknown parameters {unknown}")
        kinds = {"STRING": str, "NUMBER_INTEGER": int}
        if wrong := [
            name for name, value in given.items() if not isinstance(value, kinds[wanted[name]["parameterType"]])
        ]:
            raise Refused(400, f"Invalid input error: {wrong} have the wrong type")

    def _one(self, kind: str, key: str, *, who: str) -> Json:
        if key not in self.kept[kind]:
            raise Refused(404, f"ResourceNotFoundError: {kind} {key} not found")
        found = self.kept[kind][key]
        self._namespace(self._namespace_of(found), who=who)
        return found

    def _namespace_of(self, record: Json) -> str:
        for kind in ("experiments", "pipelines"):
            if "namespace" not in record and record.get(ID[kind]) in self.kept[kind]:
                return str(self.kept[kind][record[ID[kind]]]["namespace"])
        return str(record.get("namespace", ""))

    def _namespace(self, named: str, *, who: str) -> str:
        if not self.multi_user:
            return ""
        if not named:
            raise Refused(400, "Namespace cannot be empty in multi-user mode")
        if named not in self.tokens[who]:
            raise Refused(403, f"User '{who}' is not authorized (namespace {named})")
        return named

    def _seen(self, kind: str, query: Json, *, who: str) -> Iterable[Json]:
        namespace = self._namespace(query.get("namespace", ""), who=who)
        return [each for each in self.kept[kind].values() if self._namespace_of(each) == namespace]

    def _page(self, key: str, query: Json, found: Iterable[Json]) -> Json:
        matching = [each for each in found if all(_holds(each, one) for one in _predicates(query))]
        column, _, order = query.get("sort_by", "created_at").partition(" ")
        if column not in COLUMNS:
            raise Refused(400, f"Invalid sorting field: {column}")
        matching.sort(key=lambda each: each[column], reverse=order == "desc")
        asked = json.dumps([key, query.get("filter"), query.get("sort_by")])
        start = 0
        if token := query.get("page_token"):
            said, start = json.loads(token)
            if said != asked:
                raise Refused(400, "page token does not match the supplied sort by and/or filtering criteria")
        end = start + min(int(query.get("page_size") or 20), self.most)
        more = {"next_page_token": json.dumps([asked, end])} if end < len(matching) else {}
        return {key: matching[start:end], "total_size": len(matching), **more}


def _predicates(query: Json) -> list[Json]:
    told = json.loads(query["filter"]) if query.get("filter") else {}
    predicates = [_as_published(each) for each in told.get("predicates", ())]
    if wrong := list(mistakes({**told, "predicates": predicates}, "V2beta1Filter", "filter")):
        raise Refused(400, f"failed to parse valid filter: {wrong}")
    return predicates


def _as_published(predicate: Json) -> Json:
    """Protobuf's JSON has two names for a field, and a number for each word."""
    found = {re.sub("([A-Z])", r"_\1", key).lower(): value for key, value in predicate.items()}
    if isinstance(found["operation"], int):
        found["operation"] = V2beta1PredicateOperation.allowable_values[found["operation"]]
    return found


def _holds(record: Json, predicate: Json) -> bool:
    if predicate["key"] not in COLUMNS:
        raise Refused(400, f"no such column {predicate['key']}")
    same = record.get(predicate["key"]) == predicate["string_value"]
    return {"EQUALS": same, "NOT_EQUALS": not same}[predicate["operation"]]


class _Handler(BaseHTTPRequestHandler):
    server: KubeflowServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_DELETE = do_GET

    def _answer(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            route, parts, query = self._route()
            self.server.asked.append(route.name)
            failure = next((each for each in self.server.failures if each.operation == route.name), None)
            if failure is None or failure.done:
                answer = self.server.answer(route, parts, query, self._body(route, data), who=self._who(route))
                if wrong := list(mistakes(answer, route.answer, "answer")):
                    raise Refused(500, f"this server answers what the API does not: {wrong}")
            if failure is not None:
                self.server.failures.remove(failure)
                self._fail(failure)
            else:
                self._send(200, answer)
        except Refused as refused:
            self._send(refused.status, {"code": 3, "message": str(refused), "details": []})

    def _fail(self, failure: Failure) -> None:
        if failure.status:
            self._send(failure.status, {"message": "so it is"}, **failure.headers)
        else:
            self.close_connection = True

    def _route(self) -> tuple[Route, Json, Json]:
        asked = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(asked.query, keep_blank_values=True).items()}
        for route in routes():
            if route.method == self.command and (found := route.path.fullmatch(asked.path)):
                if unknown := set(query) - route.query:
                    raise Refused(400, f"unknown query parameters {unknown}")
                return route, found.groupdict(), query
        raise Refused(404, f"Not Found: {self.command} {asked.path}")

    def _body(self, route: Route, data: bytes) -> Any:
        if route.name.startswith("upload"):
            kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            (part,) = BytesParser().parsebytes(kind + data).get_payload()  # type: ignore[union-attr]
            if part.get_param("name", header="content-disposition") != "uploadfile":  # type: ignore[union-attr]
                raise Refused(400, "Failed to read pipeline from file")
            return part.get_payload(decode=True)  # type: ignore[union-attr]
        if not route.body:
            return None
        told = json.loads(data)
        self.server.told.append(told)
        if wrong := list(mistakes(told, route.body)):
            raise Refused(400, f"proto: {wrong}")
        return told

    def _who(self, route: Route) -> str:
        if not self.server.tokens or "healthz" in route.name:
            return ""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        cookie = self.headers.get("Cookie", "").removeprefix("authservice_session=")
        for who in (token, cookie):
            if who in self.server.tokens:
                return who
        raise Refused(401, "Request header error: there is no user identity header.")

    def _send(self, status: int, answer: Json, **headers: str) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(data))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
