"""The application factory: operations, pages, errors, and one log line a request."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from newsclip.api import pages, problems
from newsclip.api.openapi import document
from newsclip.api.operations import IdConverter
from newsclip.api.parameters import check_address
from newsclip.api.routes import OPERATIONS
from newsclip.api.service import Service
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive

log: structlog.stdlib.BoundLogger = structlog.get_logger()

# A client may name its request; anything else than a plain word would be a way into the log.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PROBES = ("/health/", "/metrics")


def create_app(archive: Archive, settings: Settings) -> Flask:
    """The application over an open archive, which it neither opens nor closes.

    It answers at once; `/health/ready` waits for `Service.load`, which `service_of` leads to.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = int(settings.max_request_bytes)
    app.url_map.merge_slashes = False  # an id may hold "//"
    app.url_map.converters["id"] = IdConverter
    service = Service(archive, settings, document(OPERATIONS))
    app.extensions["newsclip"] = service
    for operation in OPERATIONS:
        operation.register(app, service)
    app.register_blueprint(pages.blueprint)
    _answer_errors(app)
    _observe(app, service)
    return app


def service_of(app: Flask) -> Service:
    """What the handlers of ``app`` work with."""
    service: Service = app.extensions["newsclip"]
    return service


def _answer_errors(app: Flask) -> None:
    """Every error as a problem document, or as a page where a reader's browser asked."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response:
        refusal = problems.refusal_of(error)
        if refusal.kind is problems.INTERNAL:
            log.error("request failed", exc_info=error)
        elif refusal.is_ours and refusal.kind is not problems.STARTING:
            log.warning(refusal.kind.code, detail=refusal.detail)
        if not _is_page():
            return problems.problem(refusal)
        kind = refusal.kind
        page = pages.render_error(kind.status, kind.title, refusal.public_detail)
        page.headers.update(refusal.headers)
        return page


def _is_page() -> bool:
    """A route of the pages, or an unknown address in a browser."""
    if request.url_rule:
        return request.blueprint == pages.blueprint.name
    kinds = [problems.PROBLEM_JSON, "text/html"]
    return request.accept_mimetypes.best_match(kinds) == "text/html"


def _observe(app: Flask, service: Service) -> None:
    """A request id in every answer and log line; a count, a time and a line for each request."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        check_address(request.environ)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        method = request.method if request.url_rule or request.method in _METHODS else "other"
        route = _template(request.url_rule.rule) if request.url_rule else "unknown"
        service.metrics.count(method, route, response.status_code, seconds)
        note = log.debug if request.path.startswith(_PROBES) else log.info
        note(
            "request",
            method=method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 2),
        )
        structlog.contextvars.unbind_contextvars("request_id")
        response.headers["X-Request-Id"] = g.request_id
        return response


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def _template(rule: str) -> str:
    """A route as the document writes it: ids stay out of logs and measurements."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", rule)
