"""The service about itself: its health, its numbers and its documentation."""

from flask import Response, render_template

from newsclip.api.answers.system import HealthAnswer, StatsAnswer
from newsclip.api.operations import Answer, Operations
from newsclip.api.problems import STARTING, Refusal
from newsclip.api.rendering import statistics_to_dict
from newsclip.api.service import Service

METRICS_TEXT = "text/plain"

operations = Operations("Service")


@operations.add("GET", "/v1/stats", {200: StatsAnswer})
def stats(service: Service) -> Answer:
    """What the archive holds."""
    return statistics_to_dict(service.archive.statistics())


@operations.add("GET", "/health/live", {200: HealthAnswer})
def live(service: Service) -> Answer:
    """Whether the process answers."""
    return {"status": "ok"}


@operations.add("GET", "/health/ready", {200: HealthAnswer})
def ready(service: Service) -> Answer:
    """Whether the archive can be asked: 503 until it is loaded, and when it cannot be read."""
    if not service.loaded.is_set():
        raise Refusal(STARTING, "")
    with service.archive.reading():
        return {"status": "ok"}


@operations.add("GET", "/metrics", {200: METRICS_TEXT})
def metrics(service: Service) -> Answer:
    """Counts and times of requests, for Prometheus."""
    return Response(service.metrics.text(), mimetype=METRICS_TEXT)


@operations.add("GET", "/openapi.json", {200: {"type": "object"}})
def openapi(service: Service) -> Answer:
    """This document."""
    return service.document


@operations.add("GET", "/docs", {200: "text/html"})
def docs(service: Service) -> Answer:
    """This document as a page."""
    return Response(render_template("docs.html", document=service.document), mimetype="text/html")
