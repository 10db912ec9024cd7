-- How many published events there are of each day, type and precision, which writes keep from now on.
INSERT INTO "event_counts" ("key", "count")
SELECT 'day:' || CASE WHEN isfinite(c."start_date") THEN c."start_date" ELSE c."end_date" END || '/' || c."type" || '/' || c."precision_rank", count(*)
FROM "event_cards" c
WHERE c."known_to" = 9223372036854775807 AND c."state" = 'published'
GROUP BY 1;
