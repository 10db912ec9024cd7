-- How many published events there are of each day, type and precision, which writes keep from now on.
-- CreateTable
CREATE TABLE "event_days" (
    "day" DATE NOT NULL,
    "type" TEXT NOT NULL,
    "precision_rank" SMALLINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "event_days_pkey" PRIMARY KEY ("day", "type", "precision_rank")
);

INSERT INTO "event_days" ("day", "type", "precision_rank", "count")
SELECT CASE WHEN isfinite(c."start_date") THEN c."start_date" ELSE c."end_date" END, c."type", c."precision_rank", count(*)
FROM "event_cards" c
WHERE c."known_to" = 9223372036854775807 AND c."state" = 'published'
GROUP BY 1, 2, 3;
