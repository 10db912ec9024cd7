// How likely two events are one development: pieces of evidence, each of which makes it more likely, weighed together.
// The weights are set so that no two events of the first data set reach LIKELY, and re-wordings of them do.
import { LIKELY, type SimilarEvent, type SimilarityReason } from '../contract/similar.js';

/** What two events have in common. */
export interface Likeness {
  /** Of the titles, 0 to 1; null where none was asked for. */
  similarity: number | null;
  /** Between the dates, 0 where they overlap; null where none was asked for. */
  days: number | null;
  /** Cited by both. */
  sources: NonNullable<SimilarityReason['sources']>;
  /** Who takes part in both, and how many take part in either. */
  actors: string[];
  either: number;
  /** Whether both say who takes part. */
  bothName: boolean;
  /** Of the one that is there, where it is another type than was asked for. */
  otherType: string | null;
}

/** Titles less alike than this have words of the trade in common, and no more. */
const UNLIKE = 0.25;
/** From here on titles are the same but for a word. */
const ALIKE = 0.9;

/** How far each piece of evidence goes by itself. */
const WEIGHT = { title: 0.95, source: 0.4, actors: 0.35 };
/** Each day between the dates takes away so much, down to a half; no date is no help. */
const [PER_DAY, LEAST_CLOSENESS, UNDATED] = [0.04, 0.5, 0.85];
const OTHER_TYPE = 0.9;
/** Each names who takes part, and nobody takes part in both. */
const STRANGERS = 0.85;

/** 0 to 1: one less what all the evidence leaves in doubt, less the further the dates are apart. */
export function scoreOf({ similarity, days, sources, actors, either, bothName, otherType }: Likeness): number {
  const evidence = [
    WEIGHT.title * Math.min(1, Math.max(0, ((similarity ?? 0) - UNLIKE) / (ALIKE - UNLIKE))),
    // An article on many developments is no sign that two of them are one, nor are two such articles.
    sources.length === 0 ? 0 : WEIGHT.source / Math.sqrt(Math.min(...sources.map(({ cited_by }) => Math.max(1, cited_by)))),
    either === 0 ? 0 : (WEIGHT.actors * actors.length) / either,
  ];
  const doubt = evidence.reduce((left, one) => left * (1 - one), 1);
  const closeness = days === null ? UNDATED : Math.max(LEAST_CLOSENESS, 1 - PER_DAY * days);
  const strangeness = (otherType === null ? 1 : OTHER_TYPE) * (bothName && actors.length === 0 ? STRANGERS : 1);
  return Math.round((1 - doubt) * closeness * strangeness * 100) / 100;
}

/** Less than this is chance. */
const LEAST_SHOWN = 0.2;

/** Who asks what cites an article is told all of it. */
export const isShown = ({ score, reasons }: Pick<SimilarEvent, 'score' | 'reasons'>): boolean =>
  score >= LEAST_SHOWN || reasons.some(({ kind }) => kind === 'sources');

export const isLikely = ({ score }: Pick<SimilarEvent, 'score'>): boolean => score >= LIKELY;

/** What of it speaks for one development, or against it, strongest first as people look at it. */
export function reasonsOf({ similarity, days, sources, actors, otherType }: Likeness): SimilarityReason[] {
  const reasons: SimilarityReason[] = [];
  if (sources.length > 0) {
    const titles = sources.map(({ title }) => `“${title}”`).join(' and ');
    reasons.push({ kind: 'sources', detail: `Both cite ${titles}.`, sources });
  }
  if (similarity !== null && similarity > UNLIKE)
    reasons.push({
      kind: 'title',
      detail: similarity === 1 ? 'The titles have the same words.' : `The titles are ${Math.round(similarity * 100)} per cent alike.`,
      similarity: Math.round(similarity * 100) / 100,
    });
  if (days !== null) reasons.push({ kind: 'date', detail: dateDetail(days), days });
  if (actors.length > 0) reasons.push({ kind: 'actors', detail: `Both name ${actors.join(', ')}.`, actors });
  if (otherType !== null) reasons.push({ kind: 'type', detail: `That one is of another type: ${otherType}.`, type: otherType });
  return reasons;
}

const dateDetail = (days: number): string =>
  days === 0 ? 'The dates are the same or overlap.' : `The dates are ${days} ${days === 1 ? 'day' : 'days'} apart.`;
