// Fields for members: a text, a number, a choice, rows of them. What is typed is put together by client/add/body.ts, which
// reads `data-member` (the name), `data-list` (rows), `data-group` (an object) and `data-as` (what a text stands for).
import { type Html, html } from '../html.js';
import { label } from '../words.js';
import type { Shape } from './forms.js';

/** What is completed while it is typed: by the path of lists and members. */
const COMPLETED: Record<string, string> = {
  '/actors/actor': 'actors',
  '/topics': 'topics',
  '/initiatives': 'initiatives',
  '/sources/source': 'sources',
};
/** Longer texts have several lines. */
const LINE = 500;
const HINTS: Record<string, string> = {
  '/date': 'A day, month, season or year: 2025-07-26, 2025-07, 2025-22 (summer), 2025; 2025-07-26/2025-07-28; 2025-08~ (about).',
  '/place/country_code': 'Two letters, or the English name.',
};

/** @param path where the member is, without places in lists: "/actors/role" */
export function field(name: string, shape: Shape, path: string, isNeeded = false): Html {
  if (shape.type === 'array') return list(name, shape.items ?? {}, path);
  if (shape.properties !== undefined) return group(name, shape, path);
  if (shape.type === 'object') return named(name, shape, path);
  const completed = COMPLETED[path] ?? (shape.description === 'Slug of an actor.' ? 'actors' : undefined);
  const isChosen = completed !== undefined && completed !== 'sources';
  const hint = HINTS[path] ?? (isChosen ? 'Begin to type a name, then choose.' : shape.description);
  const isShown = hint !== undefined && !/^Readable address/.test(hint);
  return html`<p class="field"><label><span>${label(name)}${isNeeded && html` <b class="needed" title="needed">*</b>`}</span>
${control(name, shape, completed, isNeeded)}</label>${isShown && html`<span class="quiet">${hint}</span>`}</p>`;
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
  return html`<input type="text" data-member="${name}"${shape.maxLength !== undefined && html` maxlength="${shape.maxLength}"`} autocomplete="off"${completed && html` list="complete-${completed}" data-complete="${completed}"`}${needed}>`;
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
export const rows = (name: string, cells: Html, of: 'plain' | 'object' | 'named' | 'source' | 'item'): Html =>
  html`<fieldset class="rows" data-list="${name}" data-of="${of}"><legend>${label(name)}</legend><div data-rows></div>
<template><div class="row" data-row>${cells}<button type="button" class="plain" data-remove>Remove<span class="unseen"> this of ${label(name)}</span></button></div></template>
<button type="button" class="small" data-more>Add<span class="unseen"> to ${label(name)}</span></button></fieldset>`;
