// How often a fault is injected: a few times by default; FAULT_ROUNDS=20 for the long run, whose figures are printed.
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 0);

/** @param few how often by default */
export const rounds = (few: number): number[] => Array.from({ length: ROUNDS || few }, (_, index) => index + 1);

/** Prints figures in the long run. */
export function tell(what: string, figures: object): void {
  if (ROUNDS > 0) console.log(`${what}: ${JSON.stringify(figures)}`);
}
