-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "topics" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "broader_id" UUID,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "topics_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "actors" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "native_name" TEXT,
    "aliases" TEXT[],
    "country_code" CHAR(2),
    "affiliation_id" UUID,
    "office" TEXT,
    "wikidata_id" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "actors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sources" (
    "id" UUID NOT NULL,
    "slug" TEXT,
    "url" TEXT,
    "url_key" TEXT,
    "title" TEXT NOT NULL,
    "publisher" TEXT,
    "kind" TEXT NOT NULL,
    "language" TEXT,
    "published_on" TEXT,
    "retrieved_at" TIMESTAMPTZ(3),
    "archived_url" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "initiatives" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "summary" TEXT,
    "status" TEXT,
    "status_since" TEXT,
    "status_reason" TEXT,
    "milestones" JSONB NOT NULL,
    "notes" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "initiatives_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "initiative_leads" (
    "initiative_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "actor_id" UUID NOT NULL,

    CONSTRAINT "initiative_leads_pkey" PRIMARY KEY ("initiative_id","position")
);

-- CreateTable
CREATE TABLE "action_plans" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "issuer_id" UUID,
    "issued_on" TEXT,
    "summary" TEXT,
    "place_name" TEXT,
    "place_city" TEXT,
    "place_country_code" CHAR(2),
    "principles" TEXT[],
    "priorities" JSONB NOT NULL,
    "notes" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "action_plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action_plan_title_variants" (
    "action_plan_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "title" TEXT NOT NULL,
    "language" TEXT NOT NULL,

    CONSTRAINT "action_plan_title_variants_pkey" PRIMARY KEY ("action_plan_id","position")
);

-- CreateTable
CREATE TABLE "action_plan_citations" (
    "action_plan_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "source_id" UUID NOT NULL,
    "claim" TEXT,
    "quote" TEXT,
    "locator" TEXT,
    "stance" TEXT NOT NULL,
    "access" TEXT,
    "note" TEXT,

    CONSTRAINT "action_plan_citations_pkey" PRIMARY KEY ("action_plan_id","position")
);

-- CreateTable
CREATE TABLE "action_items" (
    "id" UUID NOT NULL,
    "action_plan_id" UUID NOT NULL,
    "number" SMALLINT NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT,
    "evidence" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "action_items_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action_item_topics" (
    "action_item_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "topic_id" UUID NOT NULL,

    CONSTRAINT "action_item_topics_pkey" PRIMARY KEY ("action_item_id","position")
);

-- CreateTable
CREATE TABLE "events" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "action" TEXT,
    "title" TEXT NOT NULL,
    "summary" TEXT,
    "date" TEXT NOT NULL,
    "start_date" DATE,
    "end_date" DATE,
    "date_precision" TEXT NOT NULL,
    "place_name" TEXT,
    "place_city" TEXT,
    "place_country_code" CHAR(2),
    "significance" SMALLINT NOT NULL,
    "certainty" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "confidence" TEXT,
    "evidence" TEXT,
    "caveat" TEXT,
    "notes" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_actors" (
    "event_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "actor_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "response" TEXT,

    CONSTRAINT "event_actors_pkey" PRIMARY KEY ("event_id","position")
);

-- CreateTable
CREATE TABLE "event_citations" (
    "event_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "source_id" UUID NOT NULL,
    "claim" TEXT,
    "quote" TEXT,
    "locator" TEXT,
    "stance" TEXT NOT NULL,
    "access" TEXT,
    "note" TEXT,

    CONSTRAINT "event_citations_pkey" PRIMARY KEY ("event_id","position")
);

-- CreateTable
CREATE TABLE "event_topics" (
    "event_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "topic_id" UUID NOT NULL,

    CONSTRAINT "event_topics_pkey" PRIMARY KEY ("event_id","position")
);

-- CreateTable
CREATE TABLE "event_initiatives" (
    "event_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "initiative_id" UUID NOT NULL,

    CONSTRAINT "event_initiatives_pkey" PRIMARY KEY ("event_id","position")
);

-- CreateTable
CREATE TABLE "event_action_items" (
    "event_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "action_item_id" UUID NOT NULL,
    "effect" TEXT NOT NULL,
    "note" TEXT,

    CONSTRAINT "event_action_items_pkey" PRIMARY KEY ("event_id","position")
);

-- CreateTable
CREATE TABLE "event_relations" (
    "event_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "related_event_id" UUID NOT NULL,
    "relation" TEXT NOT NULL,

    CONSTRAINT "event_relations_pkey" PRIMARY KEY ("event_id","position")
);

-- CreateTable
CREATE TABLE "event_cards" (
    "event_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "certainty" TEXT NOT NULL,
    "significance" SMALLINT NOT NULL,
    "start_date" DATE NOT NULL,
    "end_date" DATE NOT NULL,
    "precision_rank" SMALLINT NOT NULL,
    "actors" TEXT[],
    "countries" TEXT[],
    "topics" TEXT[],
    "initiatives" TEXT[],
    "action_plans" TEXT[],
    "action_items" TEXT[],
    "card" TEXT NOT NULL,

    CONSTRAINT "event_cards_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "revisions" (
    "seq" BIGSERIAL NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "reason" TEXT,
    "comment" TEXT,
    "author_id" UUID,
    "author_name" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),
    "state" JSONB NOT NULL,
    "changed_fields" TEXT[],

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "seed_records" (
    "entity" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "document" JSONB NOT NULL,

    CONSTRAINT "seed_records_pkey" PRIMARY KEY ("entity","key")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "topics_slug_key" ON "topics"("slug");

-- CreateIndex
CREATE INDEX "topics_broader_id_idx" ON "topics"("broader_id");

-- CreateIndex
CREATE INDEX "topics_name_id_idx" ON "topics"("name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "actors_slug_key" ON "actors"("slug");

-- CreateIndex
CREATE INDEX "actors_affiliation_id_idx" ON "actors"("affiliation_id");

-- CreateIndex
CREATE INDEX "actors_country_code_idx" ON "actors"("country_code");

-- CreateIndex
CREATE INDEX "actors_kind_idx" ON "actors"("kind");

-- CreateIndex
CREATE INDEX "actors_name_id_idx" ON "actors"("name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "sources_slug_key" ON "sources"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "sources_url_key_key" ON "sources"("url_key");

-- CreateIndex
CREATE INDEX "sources_kind_idx" ON "sources"("kind");

-- CreateIndex
CREATE INDEX "sources_title_id_idx" ON "sources"("title", "id");

-- CreateIndex
CREATE UNIQUE INDEX "initiatives_slug_key" ON "initiatives"("slug");

-- CreateIndex
CREATE INDEX "initiatives_kind_idx" ON "initiatives"("kind");

-- CreateIndex
CREATE INDEX "initiatives_name_id_idx" ON "initiatives"("name", "id");

-- CreateIndex
CREATE INDEX "initiative_leads_actor_id_idx" ON "initiative_leads"("actor_id");

-- CreateIndex
CREATE UNIQUE INDEX "initiative_leads_initiative_id_actor_id_key" ON "initiative_leads"("initiative_id", "actor_id");

-- CreateIndex
CREATE UNIQUE INDEX "action_plans_slug_key" ON "action_plans"("slug");

-- CreateIndex
CREATE INDEX "action_plans_issuer_id_idx" ON "action_plans"("issuer_id");

-- CreateIndex
CREATE INDEX "action_plans_title_id_idx" ON "action_plans"("title", "id");

-- CreateIndex
CREATE INDEX "action_plan_citations_source_id_idx" ON "action_plan_citations"("source_id");

-- CreateIndex
CREATE UNIQUE INDEX "action_items_action_plan_id_number_key" ON "action_items"("action_plan_id", "number");

-- CreateIndex
CREATE INDEX "action_item_topics_topic_id_idx" ON "action_item_topics"("topic_id");

-- CreateIndex
CREATE UNIQUE INDEX "action_item_topics_action_item_id_topic_id_key" ON "action_item_topics"("action_item_id", "topic_id");

-- CreateIndex
CREATE UNIQUE INDEX "events_slug_key" ON "events"("slug");

-- CreateIndex
CREATE INDEX "events_updated_at_id_idx" ON "events"("updated_at", "id");

-- CreateIndex
CREATE INDEX "events_created_at_id_idx" ON "events"("created_at", "id");

-- CreateIndex
CREATE INDEX "events_title_id_idx" ON "events"("title", "id");

-- CreateIndex
CREATE INDEX "event_actors_actor_id_idx" ON "event_actors"("actor_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_actors_event_id_actor_id_role_key" ON "event_actors"("event_id", "actor_id", "role");

-- CreateIndex
CREATE INDEX "event_citations_source_id_idx" ON "event_citations"("source_id");

-- CreateIndex
CREATE INDEX "event_topics_topic_id_idx" ON "event_topics"("topic_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_topics_event_id_topic_id_key" ON "event_topics"("event_id", "topic_id");

-- CreateIndex
CREATE INDEX "event_initiatives_initiative_id_idx" ON "event_initiatives"("initiative_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_initiatives_event_id_initiative_id_key" ON "event_initiatives"("event_id", "initiative_id");

-- CreateIndex
CREATE INDEX "event_action_items_action_item_id_idx" ON "event_action_items"("action_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_action_items_event_id_action_item_id_effect_key" ON "event_action_items"("event_id", "action_item_id", "effect");

-- CreateIndex
CREATE INDEX "event_relations_related_event_id_idx" ON "event_relations"("related_event_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_relations_event_id_related_event_id_relation_key" ON "event_relations"("event_id", "related_event_id", "relation");

-- CreateIndex
CREATE INDEX "revisions_entity_recorded_at_idx" ON "revisions"("entity", "recorded_at");

-- CreateIndex
CREATE UNIQUE INDEX "revisions_entity_id_version_key" ON "revisions"("entity_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");

-- AddForeignKey
ALTER TABLE "topics" ADD CONSTRAINT "topics_broader_id_fkey" FOREIGN KEY ("broader_id") REFERENCES "topics"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actors" ADD CONSTRAINT "actors_affiliation_id_fkey" FOREIGN KEY ("affiliation_id") REFERENCES "actors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "initiative_leads" ADD CONSTRAINT "initiative_leads_initiative_id_fkey" FOREIGN KEY ("initiative_id") REFERENCES "initiatives"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "initiative_leads" ADD CONSTRAINT "initiative_leads_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "actors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_plans" ADD CONSTRAINT "action_plans_issuer_id_fkey" FOREIGN KEY ("issuer_id") REFERENCES "actors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_plan_title_variants" ADD CONSTRAINT "action_plan_title_variants_action_plan_id_fkey" FOREIGN KEY ("action_plan_id") REFERENCES "action_plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_plan_citations" ADD CONSTRAINT "action_plan_citations_action_plan_id_fkey" FOREIGN KEY ("action_plan_id") REFERENCES "action_plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_plan_citations" ADD CONSTRAINT "action_plan_citations_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_items" ADD CONSTRAINT "action_items_action_plan_id_fkey" FOREIGN KEY ("action_plan_id") REFERENCES "action_plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_item_topics" ADD CONSTRAINT "action_item_topics_action_item_id_fkey" FOREIGN KEY ("action_item_id") REFERENCES "action_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_item_topics" ADD CONSTRAINT "action_item_topics_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_actors" ADD CONSTRAINT "event_actors_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_actors" ADD CONSTRAINT "event_actors_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "actors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_citations" ADD CONSTRAINT "event_citations_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_citations" ADD CONSTRAINT "event_citations_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_topics" ADD CONSTRAINT "event_topics_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_topics" ADD CONSTRAINT "event_topics_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_initiatives" ADD CONSTRAINT "event_initiatives_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_initiatives" ADD CONSTRAINT "event_initiatives_initiative_id_fkey" FOREIGN KEY ("initiative_id") REFERENCES "initiatives"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_action_items" ADD CONSTRAINT "event_action_items_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_action_items" ADD CONSTRAINT "event_action_items_action_item_id_fkey" FOREIGN KEY ("action_item_id") REFERENCES "action_items"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_relations" ADD CONSTRAINT "event_relations_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_relations" ADD CONSTRAINT "event_relations_related_event_id_fkey" FOREIGN KEY ("related_event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_cards" ADD CONSTRAINT "event_cards_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "event_cards_actors_idx" ON "event_cards" USING GIN ("actors");

-- CreateIndex
CREATE INDEX "event_cards_countries_idx" ON "event_cards" USING GIN ("countries");

-- CreateIndex
CREATE INDEX "event_cards_topics_idx" ON "event_cards" USING GIN ("topics");

-- CreateIndex
CREATE INDEX "event_cards_initiatives_idx" ON "event_cards" USING GIN ("initiatives");

-- CreateIndex
CREATE INDEX "event_cards_action_plans_idx" ON "event_cards" USING GIN ("action_plans");

-- CreateIndex
CREATE INDEX "event_cards_action_items_idx" ON "event_cards" USING GIN ("action_items");

-- CreateIndex
CREATE INDEX "event_cards_certainty_idx" ON "event_cards"("certainty");

-- CreateIndex
CREATE INDEX "event_cards_significance_idx" ON "event_cards"("significance");

-- What follows cannot be said in schema.prisma.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Slugs are the addresses of things: lower-case words joined by single hyphens.
ALTER TABLE "topics" ADD CONSTRAINT "topics_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE "actors" ADD CONSTRAINT "actors_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE "sources" ADD CONSTRAINT "sources_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE "initiatives" ADD CONSTRAINT "initiatives_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE "action_plans" ADD CONSTRAINT "action_plans_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE "events" ADD CONSTRAINT "events_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');

ALTER TABLE "actors" ADD CONSTRAINT "actors_country_code_check" CHECK ("country_code" ~ '^[A-Z]{2}$');
ALTER TABLE "actors" ADD CONSTRAINT "actors_affiliation_check" CHECK ("affiliation_id" <> "id");
ALTER TABLE "topics" ADD CONSTRAINT "topics_broader_check" CHECK ("broader_id" <> "id");
ALTER TABLE "sources" ADD CONSTRAINT "sources_address_check" CHECK (("url" IS NULL) = ("url_key" IS NULL));
ALTER TABLE "action_items" ADD CONSTRAINT "action_items_number_check" CHECK ("number" BETWEEN 1 AND 9999);
ALTER TABLE "action_plans" ADD CONSTRAINT "action_plans_country_code_check" CHECK ("place_country_code" ~ '^[A-Z]{2}$');

ALTER TABLE "events" ADD CONSTRAINT "events_dates_check" CHECK ("start_date" <= "end_date");
ALTER TABLE "events" ADD CONSTRAINT "events_significance_check" CHECK ("significance" BETWEEN 1 AND 5);
ALTER TABLE "events" ADD CONSTRAINT "events_state_check" CHECK ("state" IN ('draft', 'in_review', 'published', 'withdrawn'));
ALTER TABLE "events" ADD CONSTRAINT "events_certainty_check" CHECK ("certainty" IN ('confirmed', 'reported', 'disputed', 'scheduled'));
ALTER TABLE "events" ADD CONSTRAINT "events_country_code_check" CHECK ("place_country_code" ~ '^[A-Z]{2}$');
ALTER TABLE "events" ADD CONSTRAINT "events_details_check" CHECK (jsonb_typeof("details") = 'object');
ALTER TABLE "event_actors" ADD CONSTRAINT "event_actors_response_check" CHECK ("response" IS NULL OR "role" = 'invitee');
ALTER TABLE "event_citations" ADD CONSTRAINT "event_citations_stance_check" CHECK ("stance" IN ('supports', 'disputes'));
ALTER TABLE "action_plan_citations" ADD CONSTRAINT "action_plan_citations_stance_check" CHECK ("stance" IN ('supports', 'disputes'));
ALTER TABLE "event_action_items" ADD CONSTRAINT "event_action_items_effect_check" CHECK ("effect" IN ('advances', 'hinders', 'mentions'));
ALTER TABLE "event_relations" ADD CONSTRAINT "event_relations_self_check" CHECK ("related_event_id" <> "event_id");
ALTER TABLE "event_cards" ADD CONSTRAINT "event_cards_dates_check" CHECK ("start_date" <= "end_date");

ALTER TABLE "revisions" ADD CONSTRAINT "revisions_version_check" CHECK ("version" >= 1);
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_times_check" CHECK ("superseded_at" >= "recorded_at");
-- One version of an entity is in force at a time.
CREATE UNIQUE INDEX "revisions_in_force_key" ON "revisions" ("entity_id") WHERE "superseded_at" IS NULL;

-- The order of the timeline: start_date, then the less precise after the more precise, then id.
CREATE INDEX "event_cards_timeline_idx" ON "event_cards" ("start_date", "precision_rank", "event_id") WHERE "state" = 'published';
CREATE INDEX "event_cards_type_timeline_idx" ON "event_cards" ("type", "start_date", "precision_rank", "event_id") WHERE "state" = 'published';
-- Overlap with a filter's first day, where most events lie before it.
CREATE INDEX "event_cards_end_date_idx" ON "event_cards" ("end_date") WHERE "state" = 'published';
