-- Format 4. Articles link to each other, by ids or by URLs. URLs compare by their canonical form
-- (newsclip.index.urls), which SQL cannot make: `canonical_url` is a function of our own.
CREATE TABLE article_url (
    key       INTEGER PRIMARY KEY REFERENCES article (key) ON DELETE CASCADE,
    canonical TEXT NOT NULL,
    published INTEGER NOT NULL -- 1 if the article's status is so
);
-- Of several articles with one URL it stands for the last of this index: a published one before
-- the others, then the newest version.
CREATE INDEX article_url_by_canonical ON article_url (canonical, published, key);
INSERT INTO article_url
    SELECT key, canonical_url(url), status = 'published' FROM article WHERE url IS NOT NULL;

CREATE TABLE article_link (
    key       INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    link      TEXT NOT NULL,   -- an id or a URL, as it was handed in
    canonical TEXT NOT NULL,
    PRIMARY KEY (key, position)
) WITHOUT ROWID;
CREATE INDEX article_link_by_link ON article_link (link);
CREATE INDEX article_link_by_canonical ON article_link (canonical);
