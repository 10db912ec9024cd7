-- Cards are made again by whoever opens a database that has events and no cards (src/events/cards.ts).
DELETE FROM "event_cards";

-- DropIndex
DROP INDEX "event_cards_action_items_idx";

-- DropIndex
DROP INDEX "event_cards_action_plans_idx";

-- DropIndex
DROP INDEX "event_cards_actors_idx";

-- DropIndex
DROP INDEX "event_cards_countries_idx";

-- DropIndex
DROP INDEX "event_cards_initiatives_idx";

-- DropIndex
DROP INDEX "event_cards_topics_idx";

-- AlterTable
ALTER TABLE "event_cards" DROP COLUMN "action_items",
DROP COLUMN "action_plans",
DROP COLUMN "actors",
DROP COLUMN "countries",
DROP COLUMN "initiatives",
DROP COLUMN "topics",
ADD COLUMN     "keys" TEXT[],
ADD COLUMN     "wording" TEXT NOT NULL;

-- CreateTable
CREATE TABLE "event_postings" (
    "key" TEXT COLLATE "C" NOT NULL,
    "start_date" DATE NOT NULL,
    "precision_rank" SMALLINT NOT NULL,
    "event_id" UUID NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "certainty" TEXT COLLATE "C" NOT NULL,
    "significance" SMALLINT NOT NULL,

    -- The order of the timeline first, and then the rest, so that a walk along the list of a key looks at nothing else.
    CONSTRAINT "event_postings_pkey" PRIMARY KEY ("key", "start_date", "precision_rank", "event_id", "type", "certainty", "significance")
);

-- CreateTable
CREATE TABLE "event_counts" (
    "key" TEXT COLLATE "C" NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "event_counts_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "event_cards_keys_idx" ON "event_cards" USING GIN ("keys");

-- What follows cannot be said in schema.prisma.

-- The order of a type is that of its postings.
DROP INDEX "event_cards_type_timeline_idx";

-- What began before a day and had not ended by then: few events, and found by nothing else.
CREATE INDEX "event_cards_spans_idx" ON "event_cards" USING GIST (daterange("start_date", "end_date", '[]')) WHERE "state" = 'published' AND "end_date" > "start_date";

-- Keys and words are many and skewed, and the planner should know the common ones.
ALTER TABLE "event_cards" ALTER COLUMN "keys" SET STATISTICS 500;
ALTER TABLE "event_cards" ALTER COLUMN "search" SET STATISTICS 500;
