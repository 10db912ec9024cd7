// Proposals that were sent without a key from this tab: by the secret in their address alone can their author follow them, so
// it is kept as a key is, in session storage.

export interface Own {
  id: string;
  tracking: string;
  title: string;
}

const NAME = 'proposals';

export function readOwn(): Own[] {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? '[]') as Own[];
  } catch {
    return [];
  }
}

/** @param url as the API answered it: with `tracking`, where nobody's key was sent. @returns the page of the proposal */
export function keepOwn(id: string, url: string, title: string): string {
  const tracking = new URLSearchParams(url.split('?')[1] ?? '').get('tracking');
  if (tracking === null) return `/review/${id}`;
  sessionStorage.setItem(NAME, JSON.stringify([{ id, tracking, title }, ...readOwn().filter((one) => one.id !== id)]));
  return pageOfOwn({ id, tracking });
}

export const pageOfOwn = ({ id, tracking }: Pick<Own, 'id' | 'tracking'>): string =>
  `/review/${id}?tracking=${encodeURIComponent(tracking)}`;
