-- What is asked is in force: the present alone is looked through for what is like something new.

-- Titles that are alike, whenever.
CREATE INDEX "event_cards_like_idx" ON "event_cards" USING GIN ("title" gin_trgm_ops) WHERE "known_to" = 9223372036854775807;
-- Those of a week that are not published, beside event_cards_timeline_idx for those that are.
CREATE INDEX "event_cards_hidden_idx" ON "event_cards" ("start_date") WHERE "state" <> 'published' AND "known_to" = 9223372036854775807;

-- How many sources of each kind there are.
CREATE INDEX "sources_kind_idx" ON "sources" ("kind") WHERE "deleted_at" IS NULL;

-- Cards bear what they lack among their keys, so they are made again by whoever opens a database that has revisions and no cards.
DELETE FROM "event_cards";
DELETE FROM "event_postings";
DELETE FROM "event_counts";
