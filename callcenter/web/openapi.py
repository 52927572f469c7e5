"""The interface described for other systems: OpenAPI 3.1, made of the route table, the views' own code and the pydantic shapes.

Nothing of it is written by hand. A desk command has a path of its own here, with its shape and its roles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from callcenter.domain.announced import EVENTS
from callcenter.web.answers import ANSWERS, COMMANDS, File
from callcenter.web.reading import Reads, reads
from callcenter.web.routes import OpenRoute, Route
from callcenter.web.shapes.base import Problem
from callcenter.web.shapes.outside import OutgoingMessage
from callcenter.web.shapes.papers import Done

Json = dict[str, Any]
Commands = Mapping[str, tuple[type[BaseModel], frozenset[str], Callable[..., Any]]]

ITSELF = ("/api/openapi.json", "/api/docs")
"""What describes is not described."""
DESK = "/api/desk/{command}"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
NOT_REPEATED = ("/api/login", "/api/logout", "/api/requests")
"""A log-in is a new one each time; the public page brings an id of its own."""
_PLACE = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
"""``{id}``, ``{week:\\d{4}-W\\d{2}}``"""
REF = "#/components/schemas/{model}"
DESCRIPTION = """
呼叫中心对外接口。浏览器控制台用的是同一套接口。
The interface of the call centre; the browser's console uses the same.

- **Log-in**: people by the cookie of `POST /api/login`; other systems by `Authorization: Bearer <key>`. An administrator makes keys
  on the page 对外接口; each has a role and scopes.
- **Refusals** are `application/problem+json`: what happened (`zh`, `en`), what to do (`remedy_zh`, `remedy_en`), which `rule`.
- **Sending twice**: with an `Idempotency-Key` a command happens once, whoever takes it and whatever dies meanwhile.
- **Times** are UTC with milliseconds, ids UUIDs. A field that is not described may be added later.
- `x-roles` names the roles that may; whom a case or member concerns is asked besides.
"""


def document(open_routes: Iterable[OpenRoute], routes: Iterable[Route], commands: Commands) -> Json:
    """The whole description."""
    made = _Schemas()
    paths: dict[str, Json] = {}
    for route in _both(open_routes, routes):
        if route.path == DESK and isinstance(route, Route):
            for name, (shape, may, _) in sorted(commands.items()):
                paths[f"/api/desk/{name}"] = {"post": _command(made, name, shape, may & route.roles)}
        elif route.path not in ITSELF:
            path = _PLACE.sub(r"{\1}", route.path)
            paths.setdefault(path, {})[route.method.lower()] = _of_view(made, route)
    told = {name: {"post": _message(made, zh, en)} for name, (zh, en) in EVENTS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "居家养老呼叫中心 Home-care call centre", "version": _version(), "description": DESCRIPTION.strip()},
        "servers": [{"url": "/"}],
        "paths": made.settle(paths),
        "webhooks": made.settle(told),
        "components": {
            "schemas": made.schemas(),
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": "cc_session"},
                "key": {"type": "http", "scheme": "bearer", "description": "a key made on the page 对外接口"},
            },
            "headers": {"Replayed": {"schema": {"type": "string", "const": "true"}, "description": "the first answer once more"}},
        },
    }


def without_shape(open_routes: Iterable[OpenRoute], routes: Iterable[Route]) -> list[str]:
    """Addresses whose answer nobody has described."""
    return [
        f"{route.method} {route.path}"
        for route in _both(open_routes, routes)
        if route.view not in ANSWERS and route.path != DESK and route.path not in ITSELF
    ]


def _message(made: _Schemas, zh: str, en: str) -> Json:
    return {
        "summary": f"{zh} {en}",
        "tags": ["webhooks"],
        "requestBody": _body("application/json", made.of(OutgoingMessage, "serialization")),
        "responses": {"2XX": {"description": "taken; everything else is tried again for days"}},
    }  # fmt: skip


def _both(open_routes: Iterable[OpenRoute], routes: Iterable[Route]) -> list[OpenRoute | Route]:
    return [*open_routes, *routes]


def _of_view(made: _Schemas, route: OpenRoute | Route) -> Json:
    view = route.view
    name = f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"
    roles = route.roles if isinstance(route, Route) else None
    found = _operation(made, name, route.method, route.path, reads(view), ANSWERS.get(view, Any), roles=roles)
    if isinstance(route, Route) and route.people_only:
        found["security"] = [{"cookie": []}]
        found["parameters"] = [each for each in found.get("parameters", []) if each is not _KEY]
    return found | {"summary": _first(view.__doc__, view.__name__)}


def _command(made: _Schemas, name: str, shape: type[BaseModel], roles: Iterable[str]) -> Json:
    found = _operation(made, f"desk_{name}", "POST", DESK, Reads(body=shape), COMMANDS.get(name, Done), roles=roles)
    found["parameters"] = [each for each in found["parameters"] if each["in"] != "path"]
    return found | {"summary": name.replace("_", " ")}


def _operation(
    made: _Schemas, name: str, method: str, path: str, found: Reads, answers: Any, *, roles: Iterable[str] | None
) -> Json:
    operation: Json = {"operationId": name, "summary": "", "tags": [path.split("/")[2] if path.startswith("/api/") else "machines"]}
    parameters = [_path_parameter(place, pattern, found) for place, pattern in _PLACE.findall(path)]
    parameters += [each for shape in found.queries for each in made.parameters(shape)]
    if method in CHANGING and path not in NOT_REPEATED:
        parameters.append(_KEY)
    if parameters:
        operation["parameters"] = parameters
    if found.body is not None:
        operation["requestBody"] = _body("application/json", made.of(found.body, "validation"))
    elif found.file:
        operation["requestBody"] = _body("multipart/form-data", _FILE)
    success: Json = {"description": "OK"}
    if isinstance(answers, File):
        success["content"] = {media: {"schema": {}} for media in answers.media}
    elif answers is not None:
        success["content"] = {"application/json": {"schema": made.of(answers, "serialization")}}
    status = 204 if answers is None else found.status
    operation["responses"] = {str(status): success, "default": _REFUSED}
    if 503 in found.statuses:
        operation["responses"]["503"] = success
    if roles is not None:
        operation["x-roles"] = sorted(roles)
        operation["security"] = [{"cookie": []}, {"key": []}]
    else:
        operation["security"] = []
    return operation


class _Schemas:
    """Gathers shapes, and makes one set of schemas of all of them at the end: equal names of different shapes stay apart."""

    def __init__(self) -> None:
        self._models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
        self._made: tuple[Mapping[Any, Json], Json] | None = None

    def of(self, shape: Any, mode: JsonSchemaMode) -> Any:
        """A place-holder, which ``settle`` fills."""
        for model in _models_in(shape):
            self._models[model, mode] = None
        return _Wanted(shape, mode)

    def parameters(self, shape: type[BaseModel]) -> list[Json]:
        self._models[shape, "validation"] = None
        return [
            {
                "name": name,
                "in": "query",
                "required": field.is_required(),
                "schema": _Wanted(shape, "validation", name),
            }
            for name, field in shape.model_fields.items()
        ]

    def schemas(self) -> Json:
        return self._all()[1]

    def settle(self, node: Any) -> Any:
        """The same with every place-holder filled."""
        if isinstance(node, _Wanted):
            return self._schema(node)
        if isinstance(node, dict):
            return {key: self.settle(value) for key, value in node.items()}
        return [self.settle(each) for each in node] if isinstance(node, list) else node

    def _schema(self, wanted: _Wanted) -> Json:
        refs, whole = self._all()
        if wanted.field is not None:
            model = whole[refs[wanted.shape, wanted.mode]["$ref"].rsplit("/", 1)[-1]]
            return _in_query(model["properties"][wanted.field])
        if isinstance(wanted.shape, type) and issubclass(wanted.shape, BaseModel):
            return refs[wanted.shape, wanted.mode]
        made = TypeAdapter(wanted.shape).json_schema(mode=wanted.mode, ref_template=REF)
        made.pop("$defs", None)
        settled: Json = self._renamed(made, wanted.mode, {model.__name__: model for model in _models_in(wanted.shape)})
        return settled

    def _renamed(self, node: Any, mode: JsonSchemaMode, models: Mapping[str, type[BaseModel]]) -> Any:
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).rsplit("/", 1)[-1]
            return self._all()[0][models[name], mode] if name in models else {
                key: self._renamed(value, mode, models) for key, value in node.items()
            }  # fmt: skip
        return [self._renamed(each, mode, models) for each in node] if isinstance(node, list) else node

    def _all(self) -> tuple[Mapping[Any, Json], Json]:
        if self._made is None:
            refs, whole = models_json_schema(list(self._models), ref_template=REF)
            self._made = (refs, whole.get("$defs", {}))
        return self._made


class _Wanted:
    """A schema that is known once all shapes are."""

    def __init__(self, shape: Any, mode: JsonSchemaMode, field: str | None = None) -> None:
        self.shape, self.mode, self.field = shape, mode, field


def _models_in(shape: Any) -> list[type[BaseModel]]:
    """The models at the top of ``Model``, ``list[Model]``, ``Model | None``."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return [shape]
    return [model for part in getattr(shape, "__args__", ()) for model in _models_in(part)]


def _body(media: str, schema: Any) -> Json:
    return {"required": True, "content": {media: {"schema": schema}}}


def _in_query(schema: Json) -> Json:
    """A query has no null: what is not given is left out."""
    kept = {key: value for key, value in schema.items() if key != "title" and not (key == "default" and value is None)}
    some = [each for each in kept.pop("anyOf", ()) if each != {"type": "null"}]
    return kept | some[0] if len(some) == 1 else kept | ({"anyOf": some} if some else {})


def _path_parameter(name: str, pattern: str, found: Reads) -> Json:
    schema: Json = {"type": "string"}
    if name == "id" and found.id:
        schema["format"] = "uuid"
    elif pattern:
        schema["pattern"] = f"^{pattern.replace(chr(92) + 'd', '[0-9]')}$"
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _first(doc: str | None, name: str) -> str:
    """The first line of a docstring, without the address that stands there too."""
    line = (doc or "").strip().split("\n")[0]
    line = re.sub(r"^``[A-Z/]+ [^`]*``(?: or ``[^`]*``)*[:.,]?\s*", "", line).strip()
    return line or name.replace("_", " ")


def _version() -> str:
    try:
        return version("callcenter")
    except PackageNotFoundError:
        return "0"


_FILE: Json = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_REFUSED: Json = {
    "description": "refused: what happened, what to do, which rule",
    "content": {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}},
}
_KEY: Json = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "the same key with the same command again: it happens once, and is answered as the first time",
}  # fmt: skip
