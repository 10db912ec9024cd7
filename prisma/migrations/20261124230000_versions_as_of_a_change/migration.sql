-- AlterTable
ALTER TABLE "revisions" ADD COLUMN     "is_public" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "superseded_seq" BIGINT;

-- CreateIndex
CREATE INDEX "revisions_recorded_at_seq_idx" ON "revisions"("recorded_at", "seq");

-- What follows cannot be said in schema.prisma.

-- Of versions that are there already.
UPDATE "revisions" r SET "superseded_seq" = n."seq" FROM "revisions" n WHERE n."entity_id" = r."entity_id" AND n."version" = r."version" + 1;
-- Drafts are for editors, until they are published. What was published stays known when it is withdrawn or deleted.
UPDATE "revisions" r SET "is_public" = r."state" ->> 'state' = 'published' OR r."state" ->> 'state' = 'withdrawn' AND EXISTS (
  SELECT FROM "revisions" p WHERE p."entity_id" = r."entity_id" AND p."version" < r."version" AND p."state" ->> 'state' = 'published')
WHERE r."entity" = 'event';

ALTER TABLE "revisions" ADD CONSTRAINT "revisions_superseded_check" CHECK (("superseded_at" IS NULL) = ("superseded_seq" IS NULL));
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_order_check" CHECK ("superseded_seq" > "seq");
