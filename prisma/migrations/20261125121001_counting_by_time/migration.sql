-- The index that has the timeline's order bears, besides, all that counting by time looks at, so that a histogram of
-- everything reads the index alone, a thirtieth of the cards.
DROP INDEX "event_cards_timeline_idx";
CREATE INDEX "event_cards_timeline_idx" ON "event_cards" ("start_date", "precision_rank", "event_id")
  INCLUDE ("end_date", "type", "certainty", "significance") WHERE "state" = 'published' AND "known_to" = 9223372036854775807;
