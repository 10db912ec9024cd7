// What every answer is held to: no fault of the server, a status, a type and a body that the document tells of, nothing
// beside them; what does not fit refused; nobody let in without a key.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Document, Operation, Schema } from './document.js';
import type { FuzzRequest } from './requests.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** The whole document's; an operation need not tell of them. A part of the path beyond 200 characters is 414. */
const OF_ALL = [414];

export type Judge = ReturnType<typeof createJudge>;

export function createJudge({ schemas }: Pick<Document, 'schemas'>) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(within({ $id: 'document', $defs: schemas } as Schema, '#/$defs/'));
  const compiled = new Map<Schema, ReturnType<typeof ajv.compile>>();

  function validate(schema: Schema) {
    const known = compiled.get(schema) ?? ajv.compile(within(schema, 'document#/$defs/'));
    compiled.set(schema, known);
    return known;
  }

  /** @returns what is wrong with the answer; null where nothing is */
  function complaintOf(operation: Operation, request: Pick<FuzzRequest, 'method' | 'fault' | 'bearer'>, answer: Answer): string | null {
    const { status } = answer;
    if (status >= 500) return `answered ${status}`;
    const declared = operation.answers[status];
    if (declared === undefined) return OF_ALL.includes(status) ? null : `answered ${status}, which is not documented`;
    return complaintOfAccess(operation, request, status) ?? complaintOfBody(declared, request.method, answer);
  }

  function complaintOfBody(declared: Operation['answers'][string], method: string, { status, headers, text }: Answer): string | null {
    if (Object.keys(declared).length === 0) return text === '' ? null : `answered ${status} with a body`;
    const type = headers.get('content-type')?.split(';')[0] ?? 'nothing';
    const media = declared[type];
    if (media === undefined) return `answered ${status} as ${type}, which is not documented`;
    if (method === 'HEAD' || media.schema.type === 'string' || !/[/+]json$/.test(type)) return null;
    const check = validate(media.schema);
    if (check(JSON.parse(text))) return null;
    return `answered ${status} with what its schema does not have: ${ajv.errorsText(check.errors).slice(0, 400)}`;
  }

  return { validate, complaintOf };
}

function complaintOfAccess(
  { needsKey, takesKey }: Operation,
  { fault, bearer }: Pick<FuzzRequest, 'fault' | 'bearer'>,
  status: number,
): string | null {
  if (bearer === 'unknown' && takesKey) return status === 401 ? null : `took a key that nobody has, and answered ${status}`;
  if (needsKey && bearer === 'nobody') return status === 401 ? null : `asked for no key, and answered ${status}`;
  if (bearer === 'admin' && (status === 401 || status === 403)) return `refused a key that suffices with ${status}`;
  if (fault === 'type') return status === 415 || status === 400 ? null : `took a body of another type, and answered ${status}`;
  // Where the query and the type are wrong, either may be told of.
  if (fault === 'query' && status === 415) return null;
  return fault !== null && ![400, 422].includes(status) ? `took a wrong ${fault}, and answered ${status}` : null;
}

/** The same schema, its references leading to where the document's schemas are. */
const within = (schema: Schema, place: string): Schema => JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', place));
