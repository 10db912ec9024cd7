// Lets so many do something at a time; the others wait in the order in which they came, but not for ever.

export interface Turns {
  /**
   * Waits for a turn.
   * @param wait_ms how long at most; 0 for any time
   * @returns gives the turn back
   * @throws what is thrown to those to whom it does not come in time
   */
  take(wait_ms: number): Promise<() => void>;
  /** One who had a turn waited in vain for what all want: so would those who wait, and they are told now. */
  giveUp(): void;
}

interface Waiting {
  admit(): void;
  refuse(): void;
  isPatient: boolean;
}

/** @param inVain what is thrown to who waits too long */
export function createTurns(most: number, inVain: () => Error = () => new Error('Waited in vain for a turn.')): Turns {
  let free = most;
  const waiting = new Set<Waiting>();

  function giveBack(): void {
    const [next] = waiting;
    if (next === undefined) free++;
    else next.admit();
  }

  return {
    async take(wait_ms) {
      if (free > 0) free--;
      else
        await new Promise<void>((resolve, reject) => {
          const leave = (then: () => void) => () => {
            clearTimeout(timer);
            waiting.delete(own);
            then();
          };
          const refuse = leave(() => reject(inVain()));
          const timer = wait_ms === 0 ? undefined : setTimeout(refuse, wait_ms);
          const own = { admit: leave(resolve), refuse, isPatient: wait_ms === 0 };
          waiting.add(own);
        });
      return giveBack;
    },
    giveUp() {
      for (const one of [...waiting]) if (!one.isPatient) one.refuse();
    },
  };
}
