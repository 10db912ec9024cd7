// How a release is cited: as CSL-JSON, and from that as APA and BibTeX have it. A dataset without persons is the simplest
// case of both styles, so they are written out here; tests hold them against a formatter and a parser that are not ours.
import type { CslItem, Release, ReleaseAnswer } from './schema.js';

const AUTHOR = 'Editors of Demarche';
const TITLE = 'Demarche policy tracker';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** @param origin of this server, as readers reach it */
export function cite(release: Pick<Release, 'label' | 'created_at' | 'sha256'>, origin: string): ReleaseAnswer['citation'] {
  const item = toCsl(release, origin);
  return { apa: toApa(item), bibtex: toBibtex(item), csl_json: item };
}

function toCsl({ label, created_at, sha256 }: Pick<Release, 'label' | 'created_at' | 'sha256'>, origin: string): CslItem {
  const address = `/v1/releases/${label}`;
  return {
    id: `demarche-${label}`,
    type: 'dataset',
    title: TITLE,
    author: [{ literal: AUTHOR }],
    issued: { 'date-parts': [created_at.slice(0, 10).split('-').map(Number)] },
    version: label,
    // A host that a request made up may be none.
    URL: URL.canParse(address, origin) ? new URL(address, origin).href : address,
    note: `SHA-256 of the export: ${sha256}`,
  };
}

/** Who publishes it is who wrote it, and is not named twice. */
const toApa = ({ author, issued, title, version, URL }: CslItem): string =>
  `${author[0]!.literal}. (${issued['date-parts'][0]![0]}). ${title} (Version ${version}) [Data set]. ${URL}`;

function toBibtex({ id, author, issued, title, version, URL, note }: CslItem): string {
  const [year, month] = issued['date-parts'][0]!;
  const fields = [
    // The second pair of braces keeps words together and capitals as they are.
    ['author', `{{${escaped(author[0]!.literal)}}}`],
    ['title', `{{${escaped(title)}}}`],
    ['year', `{${year}}`],
    ['month', MONTHS[month! - 1]!],
    ['version', `{${escaped(version)}}`],
    ['url', `{${verbatim(URL)}}`],
    ['note', `{Data set, version ${escaped(`${version}. ${note}`)}}`],
  ];
  return `@misc{${id},\n${fields.map(([name, value]) => `  ${name} = ${value}`).join(',\n')}\n}\n`;
}

/** What TeX would read as a command, in the form in which it prints it. */
const COMMANDS: Record<string, string> = { '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}' };
const escaped = (text: string): string => text.replace(/[\\{}$&#%_~^]/g, (sign) => COMMANDS[sign] ?? `\\${sign}`);

/** Addresses are read as they are; only what would end the field must not be in them. */
const verbatim = (url: string): string => url.replace(/[{}\\]/g, encodeURIComponent);
