"""The service as processes: granian with N workers over one archive on disk.

::

    newsclip serve                checks the port, the archive and its snapshot, then starts
    ├── worker 1                  opens the archive, answers; loads the view beside that, and takes
    │                             over what changes
    ├── worker N                  the same; shows each change of the others at its next request
    ├── newsclip snapshot         now and then, when enough has changed
    └── newsclip tags train       the same
"""

import ctypes
import functools
import gc
import multiprocessing
import multiprocessing.connection
import os
import platform
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from newsclip.api import compactor, logs, trainer
from newsclip.api.parameters import BODIES_AT_ONCE
from newsclip.api.service import Service
from newsclip.api.settings import Settings
from newsclip.errors import NewsclipError, SettingInvalid
from newsclip.index.archive import Archive

# Threads of one process take turns at its view; a few more than one hide slow clients.
_THREADS = BODIES_AT_ONCE + 1
# The measurements are memory-mapped files: on a disk that is full, writing to them ends a worker.
_IN_MEMORY = "/dev/shm"
_STOP_SECONDS = 10  # for requests under way when the service is told to stop
_SECONDS_TO_HEAR = 0.5
_SECONDS_BETWEEN_LOOKS = 0.1  # at what others have changed; a look takes a ten-thousandth
_M_ARENA_MAX = -8  # of glibc's malloc.h

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Makes an empty archive where there is none. Raises SettingInvalid for an address that cannot
    be listened on, a StoreError for an archive that cannot be opened. Exits with 1 if a worker
    keeps failing.
    """
    logs.go_without()
    logs.configure(settings)
    check_address(settings)
    _share_one_heap()
    choice = settings.encoder_choice
    with Archive.open(settings.data, choice, create=True, trusting=True) as archive:
        revision = archive.revision()
    compactor.prepare(settings.data)
    if not revision:
        log.warning("the archive is empty", data=str(settings.data.resolve()))
    # Forked workers would share locks and threads of the libraries that the check has loaded.
    multiprocessing.set_start_method("spawn", force=True)
    data = settings.data
    with (
        _shared_measurements(settings.workers),
        compactor.compacting(data),
        trainer.training(data),
    ):
        server = _server(settings)
        log.info("serving", url=url_of(settings), workers=settings.workers, revision=revision)
        stopped = threading.Event()
        threading.Thread(target=_tell_again, args=(server, stopped), daemon=True).start()
        server.serve(target_loader=functools.partial(load_worker, settings), wrap_loader=False)
        stopped.set()
    log.info("stopped")


def _share_one_heap() -> None:
    """Has the threads of this process, and those of each worker, allocate from one heap.

    The C library of most Linux systems gives each thread one of its own, which keeps what it once
    needed: a third more memory in this process, a twelfth in a worker. Python's threads take turns.
    """
    if platform.libc_ver()[0] == "glibc" and "MALLOC_ARENA_MAX" not in os.environ:  # noqa: TID251
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
        os.environ["MALLOC_ARENA_MAX"] = "1"  # noqa: TID251


def _tell_again(server: Any, stopped: threading.Event) -> None:
    """Sends SIGTERM to the workers a second time, once the service is to stop.

    A worker of granian (2.8) misses it now and then if it takes a connection at that moment, goes
    on, and would be killed with all its requests. One that has heard it is not disturbed by
    another, but would be by a third.
    """
    while not stopped.wait(_SECONDS_TO_HEAR):
        if server.interrupt_signal:
            stopped.wait(_SECONDS_TO_HEAR)
            for worker in list(server.wrks):
                worker.terminate()
            return


def url_of(settings: Settings) -> str:
    """The address of the service as a URL."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def check_address(settings: Settings) -> None:
    """Raises SettingInvalid unless the host and port can be listened on.

    Granian shares its port among workers, and so would share it with another Newsclip unasked.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            probe.listen()
        except OSError as error:
            in_use = f"cannot be listened on at {settings.host}: {error.strerror}"
            remedy = "stop what listens there, or give another port"
            origin = settings.origin("port")
            raise SettingInvalid("port", settings.port, remedy, in_use, origin) from None


def load_worker(settings: Settings) -> Callable[..., Any]:
    """The application of one worker process, which opens the archive for itself."""
    from newsclip.api.app import create_app, service_of

    # Ctrl-C reaches every process of the terminal's group; only the main one is to hear it, and to
    # stop the workers in order.
    os.setpgid(0, 0)
    logs.go_without()
    logs.configure(settings)
    # The main process has compared the checksums, for all workers.
    archive = Archive.open(settings.data, settings.encoder_choice, trusting=True)
    app = create_app(archive, settings)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # No daemon: the interpreter waits for it, lest it ends in the middle of FAISS or tantivy.
    threading.Thread(target=_keep_up, args=(service_of(app), threading.main_thread())).start()
    return app


def _keep_up(service: Service, serving: threading.Thread) -> None:
    """Loads the view, and takes over what changes, ahead of the next request, while a thread lives.

    What lives as long as the worker is looked through for rubbish no more: a full collection takes
    30 ms and more, and about every hundredth answer had to wait for one.
    """
    with suppress(NewsclipError):  # here and below: the next request says what fails
        service.load()
    gc.collect()
    gc.freeze()
    while serving.is_alive():
        with suppress(NewsclipError), service.archive.reading():
            pass
        serving.join(_SECONDS_BETWEEN_LOOKS)


def _end_with_parent() -> None:
    """Ends this worker if the main process was killed, lest it keeps the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _server(settings: Settings) -> Any:
    return Granian(
        "newsclip",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=_THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=logs.standard_library(settings),
    )


@contextmanager
def _shared_measurements(workers: int) -> Iterator[None]:
    """A folder in which several workers add up their measurements.

    prometheus-client reads its name from the environment, when a worker imports it.
    """
    if workers == 1:
        yield
        return
    memory = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="newsclip-metrics-", dir=memory) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # noqa: TID251
        yield
