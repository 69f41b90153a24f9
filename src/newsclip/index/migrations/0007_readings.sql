-- What has been read of an article once, when it came in, so that no answer has to read it again.
-- Articles of before have none of it, and are read when they are asked for.

-- What an encoder has read of the first sentences of each body (index/passages.py). `newsclip
-- reembed` fills in what is missing.
CREATE TABLE passages (
    key     INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    encoder INTEGER NOT NULL REFERENCES encoder (number) ON DELETE CASCADE,
    read    BLOB NOT NULL,
    PRIMARY KEY (key, encoder)
);
CREATE INDEX passages_by_encoder ON passages (encoder);

-- The names in an article's text, those of the most words first (index/names.py).
CREATE TABLE article_names (
    key   INTEGER PRIMARY KEY REFERENCES article (key) ON DELETE CASCADE,
    names TEXT NOT NULL          -- JSON array
);
