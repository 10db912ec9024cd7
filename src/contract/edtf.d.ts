// The `edtf` library has no types of its own; this is the part that is used.
declare module 'edtf' {
  /** @returns the first and the last millisecond that the date may mean; throws when it is none */
  export default function edtf(text: string, options: { level: number; types: string[] }): { min: number; max: number };
}
