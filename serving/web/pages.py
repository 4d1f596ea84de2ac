"""The addresses that are no BentoML APIs: what has its argument in the path, takes a file, or is read by machines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import anyio
import anyio.to_thread
import orjson
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.errors import MailDutyError
from serving.manifests.ingest import OF_A_FILE
from serving.web.answering import answer, internal, refused
from serving.web.counter import Counter
from serving.web.description import description
from serving.web.gate import ASKED
from serving.web.logs import failure

# Swagger UI is in the BentoML package and served from here; the page that comes with it loads a tracker.
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>mailduty</title>
<link rel="stylesheet" href="./static_content/swagger-ui.css"></head><body><div id="swagger-ui"></div>
<script src="./static_content/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "./docs.json", dom_id: "#swagger-ui", validatorUrl: null});</script></body></html>"""
_OF_A_TASK = (*OF_A_FILE, "on", "method")
BESIDE = ("rates", "mapping")  # parts of a form beside the file
_LOOK = 0.1  # seconds between two looks at a task that is waited for


def pages(counter: Callable[[], Counter]) -> Starlette:
    """The plain pages; ``counter`` gives what answers, once the service is up."""

    async def page(_: Request) -> Response:
        return HTMLResponse(_PAGE)

    async def docs(_: Request) -> Response:
        return answer(description())

    async def about(_: Request) -> Response:
        return await aside(lambda: counter().about(ASKED.get()))

    async def metrics(_: Request) -> Response:
        return await aside(lambda: counter().metrics(ASKED.get()))

    async def item(request: Request) -> Response:
        return await aside(lambda: counter().item(ASKED.get(), request.path_params["tracking_id"]))

    async def exceptions(request: Request) -> Response:
        code = request.query_params.get("code")
        after, limit = _page_of(request)
        return await aside(lambda: counter().exceptions(ASKED.get(), code, after, limit))

    async def task(request: Request) -> Response:
        return await aside(lambda: counter().task(ASKED.get(), request.path_params["task_id"]))

    async def errors(request: Request) -> Response:
        after, limit = _page_of(request)
        return await aside(
            lambda: counter().errors(ASKED.get(), request.path_params["task_id"], after, limit)
        )

    async def manifest(request: Request) -> Response:
        settings = {name: request.query_params.get(name) for name in _OF_A_TASK}
        wait = _whole(request, "wait", 0, 0, 60)
        file, name, tables = await _file(request)
        settings |= tables
        response = await aside(lambda: counter().manifest(ASKED.get(), file, name, settings))
        return await _waited(response, wait)

    async def _waited(response: Response, wait: int) -> Response:
        until = time.monotonic() + wait
        if response.status_code >= 300:
            return response
        task_id = orjson.loads(response.body)["task_id"]
        while time.monotonic() < until:
            now = await aside(lambda: counter().task(ASKED.get(), task_id))
            if orjson.loads(now.body)["status"] in ("done", "failed"):
                return now
            await asyncio.sleep(_LOOK)
        return response

    routes = [
        Route("/", page),
        Route("/docs.json", docs),
        Route("/about", about, methods=["GET", "POST"]),
        Route("/metrics", metrics),
        Route("/items/{tracking_id:path}", item),
        Route("/exceptions", exceptions),
        Route("/manifests", manifest, methods=["POST"]),
        Route("/manifests/{task_id}", task),
        Route("/manifests/{task_id}/errors", errors),
    ]
    return Starlette(routes=routes, exception_handlers={MailDutyError: _refused})


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, MailDutyError)
    return refused(error)


async def aside(work: Callable[[], Response], limiter: anyio.CapacityLimiter | None = None) -> Response:
    """The answer of ``work``, done in a thread, so that the loop goes on answering; or why there is none."""
    request = ASKED.get().request_id

    def answered() -> Response:
        try:
            return work()
        except MailDutyError as error:
            return refused(error)
        except Exception as error:
            failure(error, request)
            return internal()

    return await anyio.to_thread.run_sync(answered, limiter=limiter)


async def _file(request: Request) -> tuple[bytes, str, dict[str, str | None]]:
    """The file of a request, its name, and the texts that come beside it in a form: rates, mapping."""
    name = request.query_params.get("name") or ""
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        return ASKED.get().body, name[:200], {}
    async with request.form(max_files=3, max_fields=3) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise MailDutyError(
                "FILE_MISSING", "the form has no part `file`", "", "send the manifest as `file`"
            )
        beside = {part: await _text(form.get(part), part) for part in BESIDE}
        return await file.read(), (name or file.filename or "")[:200], beside


async def _text(part: str | UploadFile | None, name: str) -> str | None:
    """A part of a form as text, whether it came as a file or as a field."""
    if not isinstance(part, UploadFile):
        return part
    try:
        return (await part.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MailDutyError(
            "FILE_TEXT", f"the part `{name}` is no UTF-8 text", "", "send it as UTF-8"
        ) from error


def _page_of(request: Request) -> tuple[str, int]:
    return request.query_params.get("after", ""), _whole(request, "limit", 100, 1, 1000)


def _whole(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query within its bounds. Raises ``QUERY_VALUE``."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise _bad(name, f"a whole number from {least} to {most}")
    return int(text)


def _bad(name: str, wanted: str) -> MailDutyError:
    return MailDutyError("QUERY_VALUE", f"{name} cannot be that", f"it is {wanted}", "correct it", field=name)
