-- What is asked is in force: the present alone is looked through for what is like something new.

-- Titles that are alike, whenever.
CREATE INDEX "event_cards_like_idx" ON "event_cards" USING GIN ("title" gin_trgm_ops) WHERE "known_to" = 9223372036854775807;
-- Those of a week that are not published, beside event_cards_timeline_idx for those that are.
CREATE INDEX "event_cards_hidden_idx" ON "event_cards" ("start_date") WHERE "state" <> 'published' AND "known_to" = 9223372036854775807;
