-- How many sources of each kind there are.
CREATE INDEX "sources_kind_idx" ON "sources" ("kind") WHERE "deleted_at" IS NULL;

-- Cards bear what they lack among their keys, so they are made again by whoever opens a database that has revisions and no cards.
DELETE FROM "event_cards";
DELETE FROM "event_postings";
DELETE FROM "event_counts";
