// How what is typed is sent: by whom, and whether it is a new development, a change of one, or a proposal revised.
import { bodyOf } from './body.js';
import type { Editing } from './editing.js';
import { applied, patchBetween } from './patch.js';

type Members = Record<string, unknown>;

export interface Request {
  method: 'POST' | 'PATCH';
  address: string;
  body: object;
  /** What one looked at, where something is changed. */
  ifMatch?: string;
}

/** @param before what the form was filled with, read off it */
export interface Form {
  form: HTMLElement;
  editing: Editing | null;
  before: Members;
}

const text = (form: HTMLElement, selector: string): string =>
  form.querySelector<HTMLTextAreaElement | HTMLSelectElement>(selector)?.value.trim() ?? '';

/** Where it can be looked up, besides the sources of the development itself. */
const backing = (form: HTMLElement): string[] =>
  [...form.querySelectorAll<HTMLInputElement>('[data-backing] input')].map(({ value }) => value.trim()).filter((value) => value !== '');

/** The sources that a proposal names are no part of the development. */
const eventIn = (form: HTMLElement): Members => {
  const { backing: _, ...event } = bodyOf(form);
  return event;
};
export const readForm = eventIn;

export function saveRequest({ form, editing, before }: Form, isPublished: boolean): Request {
  const [rationale, reason] = [text(form, '[data-rationale]'), text(form, '[data-reason]')];
  const comment = rationale !== '' && { comment: rationale };
  if (editing === null) {
    const event = eventIn(form);
    if (isPublished) return { method: 'POST', address: '/v1/events', body: { ...event, ...comment } };
    const body = { target: { entity: 'event' }, change: event, rationale, reason: 'new_development' };
    return { method: 'POST', address: '/v1/proposals', body };
  }
  const { slug, version, proposal, changeOf } = editing;
  const change = changeOf(patchBetween(before, eventIn(form)));
  const said = { change, rationale, ...(reason !== '' && { reason }), sources: backing(form) };
  if (proposal !== null)
    return {
      ...{ method: 'PATCH', address: proposal.address, ifMatch: proposal.tag },
      body: { ...said, ...(version !== null && { target: { version } }) },
    };
  if (!isPublished) return { method: 'POST', address: '/v1/proposals', body: { target: { entity: 'event', id: slug, version }, ...said } };
  const body = { ...change, ...comment, ...(reason !== '' && { reason }) };
  return { method: 'PATCH', address: `/v1/events/${slug}`, body, ifMatch: editing.tag! };
}

/** That a development goes: at once, or when an editor agrees. */
export function removeRequest({ form, editing }: Form, isPublished: boolean): Request {
  const [rationale, reason] = [text(form, '[data-rationale]'), text(form, '[data-reason]')];
  const why = reason !== '' && { reason };
  const { slug, version, tag } = editing!;
  if (!isPublished) {
    const body = { target: { entity: 'event', id: slug, version }, change: null, rationale, ...why, sources: backing(form) };
    return { method: 'POST', address: '/v1/proposals', body };
  }
  const body = { ...why, ...(rationale !== '' && { comment: rationale }) };
  return { method: 'POST', address: `/v1/events/${slug}/withdraw`, body, ifMatch: tag! };
}

/** What an answer shows of the development: all of it from a write, the change alone from a proposal. */
export function shownIn(answer: Members, { editing, form }: Form): Members {
  if (!Object.hasOwn(answer, 'change')) return answer;
  return editing === null ? (answer.change as Members) : applied(editing.members, eventIn(form));
}
