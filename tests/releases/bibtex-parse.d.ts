declare module 'bibtex-parse' {
  /** Entries with the names of their fields in capitals, and the commands of TeX decoded. */
  export function entries(text: string): Record<string, string>[];
}
