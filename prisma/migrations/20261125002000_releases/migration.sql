-- CreateTable
CREATE TABLE "releases" (
    "label" TEXT NOT NULL,
    "notes" TEXT,
    "seq" BIGINT NOT NULL,
    "pinned_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "author_id" UUID,
    "author_name" TEXT NOT NULL,
    "counts" JSON NOT NULL,
    "event_types" JSON NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "releases_pkey" PRIMARY KEY ("label")
);

-- CreateIndex
CREATE INDEX "releases_created_at_label_idx" ON "releases"("created_at", "label");

-- CreateIndex
CREATE INDEX "revisions_entity_entity_id_seq_idx" ON "revisions"("entity", "entity_id", "seq");

-- What follows cannot be said in schema.prisma.

ALTER TABLE "releases" ADD CONSTRAINT "releases_label_check" CHECK ("label" ~ '^[a-z0-9]+([._-][a-z0-9]+)*$' AND length("label") <= 60);
ALTER TABLE "releases" ADD CONSTRAINT "releases_sha256_check" CHECK ("sha256" ~ '^[0-9a-f]{64}$');
ALTER TABLE "releases" ADD CONSTRAINT "releases_bytes_check" CHECK ("bytes" >= 0 AND "seq" >= 1);

-- What was cited stays as it was cited, whoever writes to the database. (The mark that ends a statement is written as \x3b
-- in the body, since the engine that compares migrations with schema.prisma would take it for the end of this one.)
CREATE FUNCTION "refuse_change_of_releases"() RETURNS trigger LANGUAGE plpgsql AS E'BEGIN
  RAISE EXCEPTION ''A release never changes.'' USING ERRCODE = ''restrict_violation'', CONSTRAINT = ''releases_never_change''\x3b
END';
CREATE TRIGGER "releases_never_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "releases"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_releases"();
