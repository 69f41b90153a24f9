-- Format 6. The house vocabulary, what editors made of suggested tags, and what scores tags.
CREATE TABLE vocabulary (
    tag         TEXT PRIMARY KEY, -- as articles carry it
    label       TEXT,             -- as people read it; NULL is the tag in words
    uri         TEXT,             -- what it is elsewhere, such as a SKOS concept
    aliases     TEXT NOT NULL,    -- JSON array
    broader     TEXT,             -- a tag
    group_name  TEXT,
    status      TEXT NOT NULL CHECK (status IN ('active', 'deprecated', 'banned')),
    replaced_by TEXT,             -- a tag, of a deprecated one
    position    INTEGER NOT NULL  -- in the file that it came from
) WITHOUT ROWID;

-- What editors accepted and rejected; training data. An undone entry stays, and counts no more.
CREATE TABLE tag_feedback (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    at        TEXT NOT NULL,
    actor     TEXT NOT NULL,
    article   TEXT,               -- its id, where the draft has one; it may precede the article
    draft     TEXT NOT NULL,      -- JSON object
    accepted  TEXT NOT NULL,      -- JSON array
    rejected  TEXT NOT NULL,      -- JSON array
    undone_at TEXT
);
-- At each request workers ask how many entries are undone, without a look at the drafts.
CREATE INDEX tag_feedback_undone ON tag_feedback (number) WHERE undone_at IS NOT NULL;

-- What a draft is about, so that like ones can be told at once.
CREATE TABLE tag_feedback_embedding (
    number  INTEGER NOT NULL REFERENCES tag_feedback (number) ON DELETE CASCADE,
    encoder INTEGER NOT NULL REFERENCES encoder (number) ON DELETE CASCADE,
    vector  BLOB NOT NULL,       -- as in `embedding`
    PRIMARY KEY (number, encoder)
);
CREATE INDEX tag_feedback_embedding_by_encoder ON tag_feedback_embedding (encoder);

-- What has been learned from the archive's tags, one for the identity of each encoder.
CREATE TABLE tagger (
    encoder  TEXT PRIMARY KEY,
    made_at  TEXT NOT NULL,
    revision INTEGER NOT NULL,    -- of the archive that it was learned from
    weights  BLOB NOT NULL
);

-- What each change of the vocabulary changed, so that it can be undone; `change` is its number in
-- the audit log. JSON; NULL where there was, or is, nothing.
CREATE TABLE tag_change (
    change INTEGER NOT NULL REFERENCES audit (number),
    kind   TEXT NOT NULL CHECK (kind IN ('entry', 'article', 'closed')),
    name   TEXT NOT NULL,         -- a tag, or an article's id
    before TEXT,
    after  TEXT,
    PRIMARY KEY (change, kind, name)
) WITHOUT ROWID;
