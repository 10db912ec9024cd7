// Fields for members: a text, a number, a choice, rows of them. What is typed is put together by client/add/body.ts, which
// reads `data-member` (the name), `data-list` (rows), `data-group` (an object), `data-made` (what is made on the way, in place of
// a reference) and `data-as` (what a text stands for).
import { type Html, html } from '../html.js';
import { label } from '../words.js';
import type { Shape } from './forms.js';

/** What is completed while it is typed: by the path of lists and members. */
const COMPLETED: Record<string, string> = {
  '/actors/actor': 'actors',
  '/topics': 'topics',
  '/initiatives': 'initiatives',
  '/sources/source': 'sources',
  '/related/event': 'events',
};
/** What can be made on the way, and what is asked of it; the rest can be told afterwards. */
const MADE: Record<string, string[]> = {
  '/actors/actor': ['name', 'kind', 'country_code', 'native_name', 'affiliation', 'office'],
  '/topics': ['name', 'description', 'broader'],
  '/initiatives': ['name', 'kind', 'summary'],
};
/** Longer texts have several lines. */
const LINE = 500;
const HINTS: Record<string, string> = {
  '/date': 'Such as 2025-07-26, 2025-07, 2025-08~ (about), 2025-22 (summer), 2025 or 2025-07-26/2025-07-28; or in words.',
  '/place/country_code': 'Two letters, or the English name.',
  '/actors/actor/country_code': 'Two letters, or the English name.',
  '/actors/actor/affiliation': 'The actor that it belongs to.',
};
const isDate = ({ description = '' }: Shape): boolean => description.startsWith('A date that may be imprecise');

/** @param path where the member is, without places in lists: "/actors/role" */
export function field(name: string, shape: Shape, path: string, isNeeded = false): Html {
  if (shape.type === 'array') return list(name, shape.items ?? {}, path);
  if (shape.properties !== undefined) return group(name, shape, path);
  if (shape.type === 'object') return named(name, shape, path);
  const completed = COMPLETED[path] ?? (/^Slug of (an|the) (actor|country)/.test(shape.description ?? '') ? 'actors' : undefined);
  const isChosen = completed !== undefined && completed !== 'sources';
  const hint = HINTS[path] ?? (isChosen ? 'Begin to type a name, then choose.' : isDate(shape) ? undefined : shape.description);
  return html`<p class="field"><label><span>${label(name)}${isNeeded && html` <b class="needed" title="needed">*</b>`}</span>
${control(name, shape, completed, isNeeded)}</label>${isDate(shape) && html`<span class="understood" data-understood role="status"></span>`}${hint !== undefined && html`<span class="quiet">${hint}</span>`}</p>${made(name, shape, path)}`;
}

/** Opened where there is none of that name yet; what is typed into it then takes the place of the reference. */
function made(name: string, { made: shape }: Shape, path: string): Html | null {
  const asked = MADE[path];
  if (asked === undefined || shape === undefined) return null;
  const { properties = {}, required = [] } = shape;
  // Nothing stands there by itself, so that nothing is said of what nobody described.
  const cells = asked.map((one) => field(one, { ...properties[one], default: undefined }, `${path}/${one}`, required.includes(one)));
  return html`<details class="made" data-made="${name}"><summary>Not on record yet? Describe it here</summary><div class="row">${cells}</div></details>`;
}

function control(name: string, shape: Shape, completed: string | undefined, isNeeded: boolean): Html {
  const needed = isNeeded && html` required`;
  if (shape.enum !== undefined)
    return html`<select data-member="${name}"${needed}>${shape.default === undefined || shape.default === null ? html`<option value=""></option>` : null}${shape.enum.map(
      (value) => html`<option value="${value}"${value === shape.default && html` selected`}>${label(value)}</option>`,
    )}</select>`;
  if (shape.type === 'boolean')
    return html`<select data-member="${name}" data-as="boolean"><option value=""></option><option value="true">Yes</option><option value="false">No</option></select>`;
  if (shape.type === 'integer' || shape.type === 'number')
    return html`<input type="number" data-member="${name}" data-as="number" min="${shape.minimum}"${shape.maximum !== undefined && shape.maximum < 1e9 && html` max="${shape.maximum}"`} step="${shape.type === 'integer' ? '1' : 'any'}" value="${shape.default === undefined ? '' : String(shape.default)}"${needed}>`;
  if ((shape.maxLength ?? 0) > LINE && completed === undefined)
    return html`<textarea data-member="${name}" rows="3" maxlength="${shape.maxLength}"${needed}></textarea>`;
  return html`<input type="text" data-member="${name}"${shape.maxLength !== undefined && html` maxlength="${shape.maxLength}"`} autocomplete="off"${isDate(shape) && html` data-date`}${completed && html` list="complete-${completed}" data-complete="${completed}"`}${needed}>`;
}

/** An object. */
function group(name: string, shape: Shape, path: string): Html {
  return html`<fieldset class="group" data-group="${name}"><legend>${label(name)}</legend>${membersIn(shape, path)}</fieldset>`;
}

const membersIn = ({ properties = {}, required = [] }: Shape, path: string): Html[] =>
  Object.entries(properties).map(([name, one]) => field(name, one, `${path}/${name}`, required.includes(name)));

/** Rows, of which there may be any number; one that is left empty is not sent. */
function list(name: string, items: Shape, path: string): Html {
  const cells = items.properties === undefined ? field(name, items, path) : html`${membersIn(items, path)}`;
  return rows(name, cells, items.properties === undefined ? 'plain' : 'object');
}

/** Whatever else is known, by name. */
const named = (name: string, { description }: Shape, path: string): Html =>
  html`${rows(name, html`${field('name', { type: 'string' }, `${path}/name`)}${field('value', { type: 'string' }, `${path}/value`)}`, 'named')}${description && html`<p class="quiet">${description}</p>`}`;

/** @param of what a row stands for: a value, an object, a member by its name */
export const rows = (name: string, cells: Html, of: 'plain' | 'object' | 'named' | 'source' | 'item', title = label(name)): Html =>
  html`<fieldset class="rows" data-list="${name}" data-of="${of}"><legend>${title}</legend><div data-rows></div>
<template><div class="row" data-row>${cells}<button type="button" class="plain" data-remove>Remove<span class="unseen"> this of ${title}</span></button></div></template>
<button type="button" class="small" data-more>Add<span class="unseen"> to ${title}</span></button></fieldset>`;
