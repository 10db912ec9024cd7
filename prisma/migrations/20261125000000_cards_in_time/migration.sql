-- Cards are made again from the revisions by whoever opens a database that has revisions and no cards.
DELETE FROM "event_cards";
DELETE FROM "event_postings";
DELETE FROM "event_counts";

-- DropIndex
DROP INDEX "action_plans_title_id_idx";

-- DropIndex
DROP INDEX "actors_country_code_idx";

-- DropIndex
DROP INDEX "actors_kind_idx";

-- DropIndex
DROP INDEX "actors_name_id_idx";

-- DropIndex
DROP INDEX "event_cards_certainty_idx";

-- DropIndex
DROP INDEX "event_cards_significance_idx";

-- DropIndex
DROP INDEX "events_created_at_id_idx";

-- DropIndex
DROP INDEX "events_title_id_idx";

-- DropIndex
DROP INDEX "events_updated_at_id_idx";

-- DropIndex
DROP INDEX "initiatives_kind_idx";

-- DropIndex
DROP INDEX "initiatives_name_id_idx";

-- DropIndex
DROP INDEX "sources_kind_idx";

-- DropIndex
DROP INDEX "sources_title_id_idx";

-- DropIndex
DROP INDEX "topics_name_id_idx";

-- AlterTable
ALTER TABLE "event_cards" DROP CONSTRAINT "event_cards_pkey",
ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL,
ADD COLUMN     "known_from" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "known_to" BIGINT NOT NULL DEFAULT 9223372036854775807,
ADD COLUMN     "title" TEXT NOT NULL,
ADD COLUMN     "version" INTEGER NOT NULL,
ADD CONSTRAINT "event_cards_pkey" PRIMARY KEY ("event_id", "known_from");

-- AlterTable
ALTER TABLE "event_postings" DROP CONSTRAINT "event_postings_pkey",
ADD COLUMN     "known_from" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "known_to" BIGINT NOT NULL DEFAULT 9223372036854775807,
ADD CONSTRAINT "event_postings_pkey" PRIMARY KEY ("key", "start_date", "precision_rank", "event_id", "known_to", "known_from", "type", "certainty", "significance");

-- CreateTable
CREATE TABLE "resource_cards" (
    "entity" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "known_from" BIGINT NOT NULL DEFAULT 0,
    "known_to" BIGINT NOT NULL DEFAULT 9223372036854775807,
    "slug" TEXT,
    "version" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "number" SMALLINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "keys" TEXT[],
    "card" TEXT NOT NULL,

    CONSTRAINT "resource_cards_pkey" PRIMARY KEY ("id","known_from")
);

-- CreateIndex
CREATE INDEX "resource_cards_entity_title_id_known_to_known_from_idx" ON "resource_cards"("entity", "title", "id", "known_to", "known_from");

-- CreateIndex
CREATE INDEX "resource_cards_entity_created_at_id_known_to_known_from_idx" ON "resource_cards"("entity", "created_at", "id", "known_to", "known_from");

-- CreateIndex
CREATE INDEX "resource_cards_entity_updated_at_id_known_to_known_from_idx" ON "resource_cards"("entity", "updated_at", "id", "known_to", "known_from");

-- CreateIndex
CREATE INDEX "resource_cards_entity_slug_known_to_known_from_idx" ON "resource_cards"("entity", "slug", "known_to", "known_from");

-- CreateIndex
CREATE INDEX "resource_cards_keys_idx" ON "resource_cards" USING GIN ("keys");

-- CreateIndex
CREATE INDEX "event_cards_created_at_event_id_known_to_known_from_idx" ON "event_cards"("created_at", "event_id", "known_to", "known_from");

-- CreateIndex
CREATE INDEX "event_cards_updated_at_event_id_known_to_known_from_idx" ON "event_cards"("updated_at", "event_id", "known_to", "known_from");

-- CreateIndex
CREATE INDEX "event_cards_known_from_idx" ON "event_cards"("known_from");

-- What follows cannot be said in schema.prisma.

ALTER TABLE "event_cards" ADD CONSTRAINT "event_cards_known_check" CHECK ("known_from" < "known_to");
ALTER TABLE "event_postings" ADD CONSTRAINT "event_postings_known_check" CHECK ("known_from" < "known_to");
ALTER TABLE "resource_cards" ADD CONSTRAINT "resource_cards_known_check" CHECK ("known_from" < "known_to");

-- What is asked of the present, which most readers ask for, looks past nothing that was replaced.
DROP INDEX "event_cards_timeline_idx";
CREATE INDEX "event_cards_timeline_idx" ON "event_cards" ("start_date", "precision_rank", "event_id") WHERE "state" = 'published' AND "known_to" = 9223372036854775807;
DROP INDEX "event_cards_end_date_idx";
CREATE INDEX "event_cards_end_date_idx" ON "event_cards" ("end_date") WHERE "state" = 'published' AND "known_to" = 9223372036854775807;
DROP INDEX "event_cards_valid_idx";
CREATE INDEX "event_cards_valid_idx" ON "event_cards" ("valid_from") WHERE "state" = 'published' AND "known_to" = 9223372036854775807;
CREATE INDEX "event_cards_certainty_idx" ON "event_cards" ("certainty") WHERE "known_to" = 9223372036854775807;
CREATE INDEX "event_cards_significance_idx" ON "event_cards" ("significance") WHERE "known_to" = 9223372036854775807;
CREATE INDEX "event_cards_title_idx" ON "event_cards" ("title", "event_id") WHERE "known_to" = 9223372036854775807;
-- The same order as of any change: what was in force then is told by the index itself.
CREATE INDEX "event_cards_past_idx" ON "event_cards" ("start_date", "precision_rank", "event_id", "known_to", "known_from") WHERE "state" = 'published';
-- One index has the order of what was recorded last, for feeds and for lists.
DROP INDEX "event_cards_recorded_idx";
