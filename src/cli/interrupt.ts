// Ctrl-C: the first one asks a command to come to a good end, the second one ends it at once.
import { EXIT, Interrupted } from './run.js';

/** @returns aborted by Ctrl-C or by SIGTERM; who looks at it ends in good order, and says how far it got */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.ended],
  ] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      process.exitCode = code;
      controller.abort(new Interrupted('Interrupted.'));
    });
  return controller.signal;
}
