// A YAML file with the place of everything in it, so that what is wrong with a value can be told where the value stands.
import { type Document, LineCounter, type Node, parseDocument, visit } from 'yaml';

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
  let value: unknown;
  try {
    if (errors.length === 0) value = document.toJS();
  } catch (error) {
    // Aliases are followed only here.
    const lost = lostAlias(document);
    errors.push(
      lost === undefined
        ? { ...placeAt(0), detail: 'The aliases of the file stand for more than is read; write out what they stand for.' }
        : { ...placeAt(lost), detail: `This is not valid YAML: ${(error as Error).message}` },
    );
  }
  return { errors, value, placeOf: (path) => placeAt(offsetOf(document, path)) };
}

/** Where an alias stands that no anchor goes before; undefined where each has its own. */
function lostAlias(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      offset = alias.range![0];
      return visit.BREAK;
    },
  });
  return offset;
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
