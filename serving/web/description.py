"""The OpenAPI description of the service, made of the table of endpoints and the messages: nothing is written twice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from serving.versions import code_version
from serving.web.endpoints import ENDPOINTS, OPEN, Endpoint
from serving.web.keys import SCOPES
from serving.web.messages_kept import Refused

_REF = "#/components/schemas/{model}"
_SAID = {
    400: "The request cannot be answered as it is.",
    401: "No API key, or one that is not known.",
    403: "The key has not the scope.",
    404: "Nothing of the caller's is known by this.",
    409: "Something else has happened meanwhile.",
    413: "Larger than is taken.",
    415: "Of a type that is not taken.",
    422: "Another request came under this Idempotency-Key.",
    429: "Too many requests; Retry-After says when.",
    500: "Something went wrong here.",
    503: "It cannot be answered now.",
}


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    takes = {e.takes for e in ENDPOINTS if isinstance(e.takes, type)}
    gives = {e.gives for e in ENDPOINTS if isinstance(e.gives, type)} | {Refused}
    named = sorted(takes, key=lambda one: one.__name__), sorted(gives, key=lambda one: one.__name__)
    wanted: Any = [(one, "validation") for one in named[0]] + [(one, "serialization") for one in named[1]]
    _, schemas = models_json_schema(wanted, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in ENDPOINTS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mailduty",
            "version": code_version(),
            "description": "US duty on low-value mail: what is it, how risky is it, what does it owe.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key of a party. Scopes: "
                    + "; ".join(f"{name}: {said}" for name, said in SCOPES.items())
                    + ". While the ledger has no key, a service on loopback answers without.",
                }
            },
        },
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    """One method of one path."""
    refusals = sorted({*one.refusals, *(() if one.scope == OPEN else (401, 403, 429, 500))})
    said: dict[str, Any] = {
        "operationId": f"{one.method.lower()}_{one.path.strip('/').replace('/', '_').replace('{', '').replace('}', '') or 'page'}",
        "summary": one.summary,
        "parameters": [
            {
                "name": p.name,
                "in": p.place,
                "required": p.required,
                "description": p.description,
                "schema": p.schema,
                "example": p.example,
            }
            for p in one.parameters
        ],
        "responses": {
            str(one.status): {"description": "The answer.", "content": _content(one.gives)},
            **{str(n): {"description": _SAID[n], "content": _content(Refused)} for n in refusals},
        },
    }
    if one.path == "/manifests":
        said["responses"]["200"] = {
            "description": "Done while it was waited for.",
            "content": _content(one.gives),
        }
    if one.scope != OPEN:
        said["security"] = [{"key": [one.scope]}, {}]
        said["description"] = f"Scope: {one.scope}."
    if one.takes is not None:
        said["requestBody"] = {"required": True, "content": _taken(one.takes)}
    return said


def _taken(what: type[BaseModel] | str) -> dict[str, Any]:
    if what != "file":
        return _content(what)
    part = {"type": "string", "format": "binary", "description": "The manifest as it is."}
    text = {"type": "string", "format": "binary"}
    parts = {
        "file": part,
        "rates": {**text, "description": "Exchange rates, CSV or JSON."},
        "mapping": {**text, "description": "What the names of a JSON or XML document mean, YAML."},
    }
    form = {"type": "object", "required": ["file"], "properties": parts}
    return {"application/octet-stream": {"schema": part}, "multipart/form-data": {"schema": form}}


def _content(what: type[BaseModel] | str) -> dict[str, Any]:
    if isinstance(what, str):
        return {what: {"schema": {"type": "object" if what == "application/json" else "string"}}}
    return {"application/json": {"schema": {"$ref": _REF.format(model=what.__name__)}}}
