// Signing in on pages that write: a key, kept for the tab, and what its bearer may do. The API tells that by what it answers
// to a question for editors alone.
import { ask, forgetKey, keepKey, readKey } from './key.js';

/** Null for nobody. */
export type Role = 'contributor' | 'editor' | null;

/** @throws Error with the API's sentence where the key is no good */
async function roleOfKey(): Promise<Role> {
  if (readKey() === null) return null;
  const response = await ask('/v1/proposals?taken_by=me&limit=1');
  if (response.ok) return 'editor';
  if (response.status === 403) return 'contributor';
  const { detail } = await response.json();
  if (response.status === 401) forgetKey();
  throw new Error(detail);
}

const WORDS = { contributor: 'You can propose with this key.', editor: 'You can publish and review with this key.' };

/** @param show told at once, and whenever that changes */
export async function signIn(show: (role: Role) => void): Promise<void> {
  const form = document.querySelector<HTMLFormElement>('[data-sign-in]');
  const signedIn = document.querySelector<HTMLElement>('[data-signed-in]');
  if (form === null || signedIn === null) return;
  const told = form.querySelector<HTMLElement>('.quiet')!;

  const look = async (): Promise<void> => {
    try {
      const role = await roleOfKey();
      form.hidden = role !== null;
      signedIn.hidden = role === null;
      if (role !== null) signedIn.querySelector('[data-who]')!.textContent = WORDS[role];
      show(role);
    } catch (error) {
      form.hidden = false;
      told.setAttribute('role', 'alert');
      told.textContent = (error as Error).message;
    }
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    keepKey(String(new FormData(form).get('key')).trim());
    form.reset();
    void look();
  };
  signedIn.querySelector<HTMLButtonElement>('[data-sign-out]')!.onclick = () => {
    forgetKey();
    void look();
  };
  await look();
}
