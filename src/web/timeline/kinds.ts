// Six kinds of act, so that twenty types can be told apart by colour on pages and on the chart.

/** Six kinds of act, each with a colour of its own; the chart has the same. */
export const KINDS: Record<string, readonly string[]> = {
  words: ['speech', 'statement', 'position'],
  meetings: ['forum', 'meeting', 'consultation', 'invitation'],
  papers: ['publication', 'report', 'proposal'],
  promises: ['pledge', 'agreement', 'declaration', 'resolution'],
  rules: ['legislation', 'executive_action', 'regulatory_action', 'export_control'],
};

export const kindOf = (type: string): string => Object.keys(KINDS).find((kind) => KINDS[kind]!.includes(type)) ?? 'others';
