// What a proposal changes, member by member: as it is and as it would be. Its change is a JSON Merge Patch (RFC 7396).
import { type Html, html } from '../html.js';
import { label } from '../words.js';

type Members = Record<string, unknown>;

/** @param before null for what is new. @param change as it was sent. @param sources addresses of sources, by id */
export function changes(before: Members | null, change: Members, name: string, sources: Map<string, string>): Html {
  const rows = Object.entries(change).flatMap(([member, patch]) => {
    const shown = (value: unknown) => (member === 'sources' ? withAddresses(value, sources) : value);
    const [was, becomes] = [shown(before?.[member]), shown(merged(before?.[member], patch))];
    return same(was, becomes) ? [] : [{ member, was, becomes }];
  });
  if (rows.length === 0) return html`<p>It changes nothing.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Changes: ${name}"><table class="changes"><thead><tr><th scope="col">Member</th>${before !== null && html`<th scope="col">Before</th>`}<th scope="col">${before === null ? 'As proposed' : 'After'}</th></tr></thead>
<tbody>${rows.map(({ member, was, becomes }) => {
    const [left, right] = before === null ? [[], lines(becomes)] : apart(lines(was), lines(becomes));
    return html`<tr><th scope="row">${label(member)}</th>${before !== null && html`<td>${left}</td>`}<td>${before === null ? right.map((line) => html`<p>${line}</p>`) : right}</td></tr>`;
  })}</tbody></table></div>`;
}

/** Documents name sources by id, which tells nobody anything. */
const withAddresses = (value: unknown, sources: Map<string, string>): unknown =>
  Array.isArray(value) ? value.map((one: Members) => ({ ...one, source: sources.get(String(one.source)) ?? one.source })) : value;

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return patch;
  const result: Members = isMembers(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  return result;
}

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (one: unknown, other: unknown): boolean => lines(one).join('\n') === lines(other).join('\n');

/** A value as lines that can be compared: one for each element or member. */
function lines(value: unknown): string[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) return value.map(flat);
  if (isMembers(value)) return Object.entries(value).flatMap(([name, part]) => (part === null ? [] : [`${label(name)}: ${flat(part)}`]));
  return [String(value)];
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map(flat).join(', ');
  if (!isMembers(value)) return String(value ?? '');
  return Object.entries(value)
    .filter(([, part]) => part !== null && part !== '' && !(Array.isArray(part) && part.length === 0))
    .map(([name, part]) => `${name.replaceAll('_', ' ')} ${flat(part)}`)
    .join('; ');
}

/** Lines on both sides stand as they are; what goes is struck out, what comes is marked. */
function apart(was: string[], becomes: string[]): [Html[], Html[]] {
  const [old, young] = [new Set(was), new Set(becomes)];
  const none = html`<p class="quiet">nothing</p>`;
  const left = was.map((line) => html`<p>${young.has(line) ? line : html`<del>${line}</del>`}</p>`);
  const right = becomes.map((line) => html`<p>${old.has(line) ? line : html`<ins>${line}</ins>`}</p>`);
  return [left.length === 0 ? [none] : left, right.length === 0 ? [none] : right];
}
