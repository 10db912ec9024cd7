// Turns: so many of a kind run at a time, the others wait in a line, each only so long. Whoever waits in it holds
// nothing that others need.
import { Problem } from '../errors.js';

export class Turns {
  private running = 0;
  private readonly line: (() => void)[] = [];

  /**
   * @param atOnce how many run at a time
   * @param patience_ms how long one waits, in milliseconds
   */
  constructor(
    private readonly atOnce: number,
    private readonly patience_ms: number,
  ) {}

  /** @throws Problem 503 when its turn does not come in time */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running < this.atOnce) this.running++;
    else await this.wait();
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.line.splice(this.line.indexOf(begin), 1);
        reject(
          new Problem(
            'unavailable',
            'Other changes are being made, and the turn of this one did not come in time; try again in a moment.',
            {
              headers: { 'retry-after': '1' },
            },
          ),
        );
      }, this.patience_ms);
      this.line.push(begin);
    });
  }
}
