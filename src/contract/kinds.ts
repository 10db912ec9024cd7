// The kinds of actors and initiatives: schemas take these, and lists of both offer them to choose from.

export const ACTOR_KINDS = [
  'country',
  'bloc',
  'intergovernmental_organisation',
  'government_body',
  'company',
  'civil_society',
  'person',
] as const;

export const INITIATIVE_KINDS = [
  'organisation',
  'law',
  'treaty',
  'control_regime',
  'summit_series',
  'conference',
  'dialogue',
  'programme',
  'principles',
  'network',
  'plan',
  'other',
] as const;
