// What is told of a resource that is there no more, but keeps its slug: that it was deleted, or what it became part of.

/** What a document became part of, by slug; undefined where it was not merged. */
export const mergedInto = (document: object): string | undefined => (document as { merged_into?: string }).merged_into;

/** What can be done where somebody wants the slug of one that has ended. @returns the rest of a sentence */
export function remedyOfEnded(document: object, address: string): string {
  const into = mergedInto(document);
  return into === undefined
    ? `it was deleted: restore it with POST ${address}/restore, or choose another slug`
    : `it was merged into ${into}: change that one, or choose another slug`;
}
