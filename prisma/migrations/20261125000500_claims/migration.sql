-- AlterTable
ALTER TABLE "action_plan_citations" ADD COLUMN     "value" JSONB;

-- AlterTable
ALTER TABLE "event_citations" ADD COLUMN     "value" JSONB;

-- What follows cannot be said in schema.prisma.

-- Another value is told of one member, by who disputes it, and with the reason why it is not followed.
ALTER TABLE "event_citations" ADD CONSTRAINT "event_citations_value_check"
  CHECK ("value" IS NULL OR ("stance" = 'disputes' AND "claim" IS NOT NULL AND "note" IS NOT NULL));
ALTER TABLE "action_plan_citations" ADD CONSTRAINT "action_plan_citations_value_check"
  CHECK ("value" IS NULL OR ("stance" = 'disputes' AND "claim" IS NOT NULL AND "note" IS NOT NULL));

-- Cards show it, so they are made again by whoever opens a database that has events and no cards (src/events/cards.ts).
DELETE FROM "event_cards";
