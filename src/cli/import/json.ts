// JSON with places: read by the language itself, which is fast, and a second time with places by a parser that keeps them,
// once something in it is to be pointed at.
import { type AnyNode, parse } from '@humanwhocodes/momoa';
import { ambiguityIn } from '../../contract/json.js';
import { partsOf } from '../../contract/pointer.js';
import type { Place } from '../../seed/yaml.js';

export type Opened = { value: unknown; placeOf(pointer: string): Place } | { error: Place & { detail: string } };

/** @param line on which line of its file the text begins */
export function openJson(text: string, line = 1): Opened {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { error: placeOfError(text, line, error as Error) };
  }
  const ambiguity = ambiguityIn(text);
  if (ambiguity !== null) return { error: { line, column: 1, detail: ambiguity } };
  let root: AnyNode | undefined;
  return {
    value,
    placeOf(pointer) {
      root ??= parse(text).body;
      const { start } = nodeAt(root, partsOf(pointer)).loc;
      return { line: start.line + line - 1, column: start.column };
    },
  };
}

/** Where the language stopped reading, which it tells of most mistakes; else where the parser with places did. */
function placeOfError(text: string, line: number, { message }: Error): Place & { detail: string } {
  const offset = /end of JSON input/.test(message) ? text.length : /at position (\d+)/.exec(message)?.[1];
  const at = offset === undefined ? placeOfToken(text) : placeAt(text, Number(offset));
  // It quotes the text, which may be long and is told by its place.
  const reason = message.replace(/( in JSON)? at position \d+.*$/s, '').replace(/, (\.\.\.)?".*is not valid JSON$/s, '');
  return { line: at.line + line - 1, column: at.column, detail: `This is not valid JSON: ${reason}.` };
}

function placeOfToken(text: string): Place {
  try {
    parse(text);
  } catch (error) {
    const { line, column } = error as Partial<Place>;
    if (line !== undefined && column !== undefined) return { line, column };
  }
  return placeAt(text, 0);
}

function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** The node that the parts of a pointer lead to, or the last one on the way. */
function nodeAt(node: AnyNode, [part, ...rest]: string[]): AnyNode {
  if (part === undefined) return node;
  const next =
    node.type === 'Object'
      ? node.members.find(({ name }) => (name.type === 'String' ? name.value : name.name) === part)?.value
      : node.type === 'Array'
        ? node.elements[Number(part)]?.value
        : undefined;
  return next === undefined ? node : nodeAt(next, rest);
}
