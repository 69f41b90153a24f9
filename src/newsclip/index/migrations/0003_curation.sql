-- Format 3. What editors rule, and a log of who has changed what.
-- A rule names articles by id, not by key: it outlives their versions, and may precede them.
CREATE TABLE curation (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('pin', 'hide', 'block')),
    target      TEXT NOT NULL,   -- "article:ID", "tag:NAME" or "section:NAME"
    source      TEXT,            -- the same; NULL is everywhere
    position    INTEGER,         -- of a pin, from 1
    starts_at   TEXT,
    ends_at     TEXT,
    reason      TEXT NOT NULL,
    author      TEXT NOT NULL,
    created_at  TEXT NOT NULL
) WITHOUT ROWID;

-- One log for all that people decide. It only grows: the triggers refuse anything else.
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,       -- what was changed, such as "curation"
    subject TEXT NOT NULL,       -- which one of that kind
    before  TEXT,                -- JSON; NULL where there was nothing
    after   TEXT                 -- JSON; NULL where nothing is left
);
CREATE INDEX audit_by_subject ON audit (kind, subject);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is never cut');
END;
