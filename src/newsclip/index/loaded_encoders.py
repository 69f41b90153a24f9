"""The encoders of an archive, loaded: the one that answers come from, and the one to come."""

import threading

from newsclip.errors import EncoderError
from newsclip.index.embeddings import Embeddings, KnownEncoder
from newsclip.index.encoder import load_encoder
from newsclip.index.recipe import ArticleEncoder


class LoadedEncoders:
    """Loads each encoder of an archive once, the next one before it is needed."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._loaded: dict[int, ArticleEncoder] = {}
        self._lock = threading.Lock()
        self._preloading: int | None = None

    def keep(self, number: int, encoder: ArticleEncoder) -> None:
        """Takes an encoder that is loaded already."""
        self._loaded[number] = encoder

    def get(self, known: KnownEncoder) -> ArticleEncoder:
        """The encoder, loaded if it was not.

        Raises EncoderUnavailable, or EncoderMismatch if what its name loads by now is another.
        """
        if known.number in self._loaded:  # without the lock, which is held while another one loads
            return self._loaded[known.number]
        with self._lock:
            encoder = self._loaded.get(known.number)
            if encoder is None:
                encoder = ArticleEncoder.known_as(known.identity, load_encoder(known.name))
                self._loaded[known.number] = encoder
            return encoder

    def preload_next(self) -> None:
        """Starts to load the encoder that the archive is about to switch to, if there is one."""
        coming = self._embeddings.next()
        if coming is None or coming.number in self._loaded or coming.number == self._preloading:
            return
        self._preloading = coming.number
        threading.Thread(
            target=self._preload, args=(coming,), name="preload-encoder", daemon=True
        ).start()

    def _preload(self, coming: KnownEncoder) -> None:
        try:
            self.get(coming)
        except EncoderError:  # raised again, where somebody hears it, when it is switched to
            self._preloading = None
