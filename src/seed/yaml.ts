// A YAML file with the place of everything in it, so that what is wrong with a value can be told where the value stands.
import { type Document, LineCounter, type Node, parseDocument } from 'yaml';

/** A place in a text, both from 1. */
export interface Place {
  line: number;
  column: number;
}

export interface OpenedYaml {
  /** Why it is no YAML; `value` is undefined then. */
  errors: (Place & { detail: string })[];
  value: unknown;
  /** Where a value begins, or where the nearest thing around it does. */
  placeOf(path: (string | number)[]): Place;
}

export function openYaml(text: string): OpenedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = document.errors.map(({ pos, message }) => ({ ...placeAt(pos[0]), detail: `This is not valid YAML: ${message}` }));
  return {
    errors,
    value: errors.length > 0 ? undefined : document.toJS(),
    placeOf: (path) => placeAt(offsetOf(document, path)),
  };
}

function offsetOf(document: Document, path: (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(
      path.slice(0, length).map((part) => (/^\d+$/.test(String(part)) ? Number(part) : part)),
      true,
    ) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}
