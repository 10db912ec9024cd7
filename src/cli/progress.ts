// How far a command is: on a terminal one line that is written over, with the rate and the time that is left; elsewhere a
// plain line now and then, for a log. It goes to standard error, so that standard output is for results alone.

export interface Progress {
  /** @param done in the unit of `all`, which may be bytes @param shown how many of the noun, where that is not `done` */
  at(done: number, all: number | undefined, shown?: number): void;
  /** Writes a line of its own, above the one that tells how far it is. */
  line(text: string): void;
  end(): void;
}

type Output = Pick<NodeJS.WriteStream, 'write' | 'columns'> & { isTTY?: boolean };

const EVERY_MS = { terminal: 100, log: 10_000 };
const WIDTH = 24;

/** @param noun what is counted, in the plural @param isSilent nothing is told, but for lines of their own */
export function createProgress(
  noun: string,
  { output = process.stderr as Output, isSilent = false, now = () => performance.now() } = {},
): Progress {
  const isTerminal = output.isTTY === true;
  const began = now();
  let [toldAt, isShown] = [began - (isTerminal ? EVERY_MS.terminal : 0), false];
  const clear = () => {
    if (isShown) output.write('\r\x1b[K');
    isShown = false;
  };
  return {
    at(done, all, shown = done) {
      if (isSilent || now() - toldAt < (isTerminal ? EVERY_MS.terminal : EVERY_MS.log)) return;
      toldAt = now();
      const standing = { done, all, shown, seconds: (toldAt - began) / 1000 };
      clear();
      output.write(isTerminal ? fitted(noun, standing, (output.columns || 80) - 1) : `${describe(noun, standing)}\n`);
      isShown = isTerminal;
    },
    line(text) {
      clear();
      output.write(`${text}\n`);
    },
    end: clear,
  };
}

interface Standing {
  done: number;
  all: number | undefined;
  shown: number;
  seconds: number;
}

/** As much as one line takes: rate and time left are told before the bar is, and the bar before it is said what is counted. */
function fitted(noun: string, standing: Standing, width: number): string {
  const text = describe(noun, standing);
  const part = partOf(standing);
  const bar = part === undefined ? '' : `[${'#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.')}] `;
  return ([`${bar}${text}`, text].find((line) => line.length <= width) ?? describe('', standing)).slice(0, width);
}

/** Which part of all is done, from 0 to 1; undefined where nobody knows how much there is. */
const partOf = ({ done, all }: Standing): number | undefined => (all === undefined || all === 0 ? undefined : Math.min(1, done / all));

function describe(noun: string, standing: Standing): string {
  const { shown, seconds } = standing;
  const rate = seconds > 0 ? shown / seconds : 0;
  const speed = `${shown}${noun === '' ? '' : ` ${noun}`}, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`;
  const part = partOf(standing);
  if (part === undefined) return speed;
  const left = part > 0 ? `, ${duration((seconds * (1 - part)) / part)} left` : '';
  return `${String(Math.floor(part * 100)).padStart(3)} %  ${speed}${left}`;
}

/** "3:05", or "1:02:03". */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const end = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`;
}
