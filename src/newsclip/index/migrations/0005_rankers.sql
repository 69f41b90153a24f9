-- Format 5. Rankers of related articles that `newsclip tune` has learned, as JSON. What the numbers
-- mean depends on the embeddings, so each is kept for the identity of the encoder it came by.
CREATE TABLE ranker (
    encoder TEXT PRIMARY KEY,
    weights TEXT NOT NULL
) WITHOUT ROWID;
