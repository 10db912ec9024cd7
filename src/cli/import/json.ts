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

function placeOfError(text: string, line: number, error: Error): Place & { detail: string } {
  const told = (reason: string) => `This is not valid JSON: ${reason.replace(/\s*\(\d+:\d+\)$/, '')}`;
  let message = error.message;
  try {
    parse(text);
  } catch (error) {
    const at = error as Error & Partial<Place>;
    if (at.line !== undefined && at.column !== undefined && !/end of input/.test(at.message))
      return { line: at.line + line - 1, column: at.column, detail: told(at.message) };
    message = at.message;
  }
  // It ends too early: the mistake is where it ends.
  const lines = text.split('\n');
  return { line: line + lines.length - 1, column: lines.at(-1)!.length + 1, detail: told(message) };
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
