-- What an encoder has read of the first sentences of each body, so that a search can show the ones
-- nearest to its query without reading them again (index/passages.py). Articles of before have
-- none until they change or `newsclip reembed` is run; their sentences are read when they are asked
-- for.
CREATE TABLE passages (
    key     INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    encoder INTEGER NOT NULL REFERENCES encoder (number) ON DELETE CASCADE,
    read    BLOB NOT NULL,
    PRIMARY KEY (key, encoder)
);
CREATE INDEX passages_by_encoder ON passages (encoder);
