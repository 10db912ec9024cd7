-- AlterTable
ALTER TABLE "events" ADD COLUMN     "valid_from" DATE,
ADD COLUMN     "valid_to" DATE;

-- AlterTable
ALTER TABLE "event_cards" ADD COLUMN     "search" tsvector NOT NULL DEFAULT '',
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
ADD COLUMN     "valid_from" DATE,
ADD COLUMN     "valid_to" DATE,
ADD COLUMN     "was_published" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "event_cards" ALTER COLUMN "search" DROP DEFAULT,
ALTER COLUMN "updated_at" DROP DEFAULT,
ALTER COLUMN "was_published" DROP DEFAULT;

-- CreateIndex
CREATE INDEX "event_cards_search_idx" ON "event_cards" USING GIN ("search");

-- What follows cannot be said in schema.prisma.

-- Of events that are there already, as src/events/validity.ts has it, for days, months and years.
UPDATE "events" SET "valid_from" = coalesce(
  CASE WHEN "details" ->> 'effective_on' ~ '^\d{4}(-\d{2}){0,2}$' THEN rpad("details" ->> 'effective_on', 10, '-01-01')::date END,
  CASE WHEN NOT "details" ? 'effective_on' AND ("action" = 'in_force' OR "type" IN ('executive_action', 'regulatory_action', 'export_control')
    AND coalesce("action", 'adopted') IN ('adopted', 'signed', 'amended', 'in_force')) THEN "start_date" END);
UPDATE "events" SET "valid_to" = CASE length("details" ->> 'expires_on')
  WHEN 10 THEN ("details" ->> 'expires_on')::date
  WHEN 7 THEN (("details" ->> 'expires_on') || '-01')::date + interval '1 month' - interval '1 day'
  WHEN 4 THEN (("details" ->> 'expires_on') || '-12-31')::date END
WHERE "valid_from" IS NOT NULL AND "details" ->> 'expires_on' ~ '^\d{4}(-\d{2}){0,2}$' AND ("details" ->> 'expires_on') > "valid_from"::text;

ALTER TABLE "events" ADD CONSTRAINT "events_validity_check" CHECK ("valid_from" <= "valid_to");

-- Words as people search for them: accents folded, English stems. And names, which have none and where no word is too
-- common (the WHO).
CREATE TEXT SEARCH CONFIGURATION demarche (COPY = english);
ALTER TEXT SEARCH CONFIGURATION demarche ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION demarche_names (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION demarche_names ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

-- Chinese, Japanese and Korean are written without spaces: each sign is a word of its own, and a term of several is a
-- phrase of them. They are set apart by the unit separator, which no text has, so that it can be taken out again.
CREATE FUNCTION search_signs("text" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace("text", '([\u1100-\u11FF\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0002FA1F])', E'\x1f\\1\x1f', 'g');

-- The words of a text, whatever the locale takes for a letter: punctuation beyond ASCII is none.
CREATE FUNCTION search_words("text" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_signs(regexp_replace("text", '[\u00A0-\u00BF\u2000-\u206F\u3000-\u303F\uFF01-\uFF0F\uFF1A-\uFF20]', ' ', 'g'));

-- What is found of an event: its title first, then names, then the summary.
CREATE FUNCTION search_document("title" text, "summary" text, "names" text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('demarche', search_words("title")), 'A')
  || setweight(to_tsvector('demarche_names', search_words("names")), 'B')
  || setweight(to_tsvector('demarche', search_words(coalesce("summary", ''))), 'C');

-- A word or phrase that is asked for: as a stem or as a name. One that is too common to ask for is left out, unless it
-- may be a name.
CREATE FUNCTION search_term("term" text, "may_be_name" boolean) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN numnode(phraseto_tsquery('demarche', search_words("term"))) = 0 AND NOT "may_be_name" THEN ''::tsquery
  ELSE phraseto_tsquery('demarche', search_words("term")) || phraseto_tsquery('demarche_names', search_words("term")) END;

-- The order of feeds: the newest recorded first, those that were taken back among them.
CREATE INDEX "event_cards_recorded_idx" ON "event_cards" ("updated_at", "event_id") WHERE "was_published";
CREATE INDEX "event_cards_valid_idx" ON "event_cards" ("valid_from") WHERE "state" = 'published';
