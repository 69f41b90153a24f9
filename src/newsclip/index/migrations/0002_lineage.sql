-- Format 2. Revisions count the writes of one history. An archive restored from a backup counts on
-- from an older revision, so the same number may stand for other articles: the lineage, a random
-- number of 62 bits, tells the histories apart.
INSERT INTO setting VALUES ('lineage', max(1, random() & 0x3FFFFFFFFFFFFFFF));
