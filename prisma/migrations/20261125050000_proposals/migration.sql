-- CreateTable
CREATE TABLE "proposals" (
    "id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "target_entity" TEXT NOT NULL,
    "target_id" UUID,
    "target_slug" TEXT,
    "author_id" UUID,
    "author_name" TEXT,
    "taken_by_id" UUID,
    "taken_by_name" TEXT,
    "is_public" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "proposals_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "proposals_created_at_id_idx" ON "proposals"("created_at", "id");

-- CreateIndex
CREATE INDEX "proposals_updated_at_id_idx" ON "proposals"("updated_at", "id");

-- CreateIndex
CREATE INDEX "proposals_target_id_idx" ON "proposals"("target_id");
-- What follows cannot be said in schema.prisma.

-- Only what is decided is ever shown to everybody.
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_state_check" CHECK (
  "state" IN ('open', 'changes_requested', 'withdrawn') AND NOT "is_public" OR "state" IN ('accepted', 'rejected'));

-- Whoever wrote it is nobody in particular, or has a name.
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_author_check" CHECK (("author_id" IS NULL) = ("author_name" IS NULL));
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_taken_by_check" CHECK (("taken_by_id" IS NULL) = ("taken_by_name" IS NULL));
