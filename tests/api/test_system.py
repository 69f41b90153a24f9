from pathlib import Path

import pytest

from newsclip.api.app import create_app, service_of
from newsclip.api.settings import Settings
from newsclip.errors import StoreUnavailable
from newsclip.index.archive import Archive

from .checked_client import CheckedClient


def test_it_is_live_at_once_and_ready_when_the_archive_is_loaded(archive: Archive) -> None:
    app = create_app(archive, Settings())
    app.test_client_class = CheckedClient
    client = app.test_client()
    assert client.get("/health/live").json == {"status": "ok"}
    starting = client.get("/health/ready")
    assert (starting.status_code, starting.json["code"]) == (503, "starting")
    service_of(app).load()
    assert client.get("/health/ready").json == {"status": "ok"}


def test_it_is_not_ready_where_the_archive_cannot_be_read(
    client: CheckedClient, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StoreUnavailable(Path("/secret"), "disk failure", "mend it")

    monkeypatch.setattr(archive, "reading", fail)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["code"]) == (503, "store-unavailable")
    assert client.get("/health/live").status_code == 200


def test_the_numbers_of_the_archive(shared: CheckedClient) -> None:
    stats = shared.get("/v1/stats").json
    assert (stats["articles"], stats["visible"]) == (7, 6)
    assert stats["by_section"]["Politics"] == 3
    assert stats["oldest"] == "2025-06-01T00:00:00Z"


def test_requests_are_measured_by_route_and_not_by_id(client: CheckedClient) -> None:
    for name in ("a", "b"):
        client.get(f"/v1/articles/{name}")
    client.get("/v1/search?q=harbour")
    client.open("/nothing", method="NONSENSE")
    text = client.get("/metrics").text
    count = 'newsclip_requests_total{method="GET",route="/v1/articles/{id}",status="404"} 2.0'
    assert count in text
    assert 'newsclip_request_seconds_count{route="/v1/search"} 1.0' in text
    assert 'newsclip_requests_total{method="other",route="unknown",status="404"} 1.0' in text
