"""What a worker of the service does once, when it starts."""

import gc

from newsclip.api.server import _load


def test_what_a_worker_has_loaded_is_not_looked_through_for_rubbish() -> None:
    loaded: list[object] = []
    before = gc.get_freeze_count()
    try:
        _load(lambda: loaded.append([]))
        assert loaded == [[]]
        assert gc.get_freeze_count() > before
        assert not any(each is loaded[0] for each in gc.get_objects())
    finally:
        gc.unfreeze()
