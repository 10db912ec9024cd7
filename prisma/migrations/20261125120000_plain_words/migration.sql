-- Plain ASCII has no sign that the two patterns would meet, and most of what is written is plain: it is left as it is.
-- What is found stays the same, and writing costs less.
CREATE OR REPLACE FUNCTION search_words("text" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN octet_length("text") = length("text") THEN "text"
    ELSE search_signs(regexp_replace("text", '[\u00A0-\u00BF\u2000-\u206F\u3000-\u303F\uFF01-\uFF0F\uFF1A-\uFF20]', ' ', 'g')) END;
