-- The archive, format 1. SQLite holds the truth; every index is derived from it.
-- `key` stands for one version of an article: a changed article gets a new key, so that
-- whoever has indexed a key never has to ask whether its text is still the same.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE article (
    key          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    revision     INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    url          TEXT,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    body         TEXT NOT NULL,
    section      TEXT,
    authors      TEXT NOT NULL,  -- JSON array
    language     TEXT,
    image_url    TEXT,
    published_at TEXT,           -- ISO 8601, UTC, as all instants
    updated_at   TEXT,
    status       TEXT NOT NULL CHECK (status IN ('published', 'draft', 'withdrawn')),
    expires_at   TEXT
);
CREATE INDEX article_by_revision ON article (revision);

CREATE TABLE article_tag (
    key      INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag      TEXT NOT NULL,
    PRIMARY KEY (key, position)
) WITHOUT ROWID;
CREATE INDEX article_tag_by_tag ON article_tag (tag);

-- Embeddings of two encoders do not compare. The setting "encoder" holds the number of the one
-- that answers come from; another one's embeddings are filled in beside it before a switch.
CREATE TABLE encoder (
    number    INTEGER PRIMARY KEY AUTOINCREMENT, -- workers remember encoders by it
    name      TEXT NOT NULL,     -- what loads it: "builtin", a folder, or a model's name
    identity  TEXT NOT NULL UNIQUE, -- the model's id and the recipe of the embedded text
    dimension INTEGER NOT NULL
);

CREATE TABLE embedding (
    key     INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    encoder INTEGER NOT NULL REFERENCES encoder (number) ON DELETE CASCADE,
    vector  BLOB NOT NULL,       -- float32, little-endian, L2-normalised
    PRIMARY KEY (key, encoder)
);
CREATE INDEX embedding_by_encoder ON embedding (encoder);

-- Keys that are no more, with the revision that removed them: what a follower must forget.
CREATE TABLE removal (
    key      INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
);
CREATE INDEX removal_by_revision ON removal (revision);
