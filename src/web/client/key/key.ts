// The API key of whoever looks at this tab: kept in session storage alone, so that it is gone with the tab and never sent
// by the browser itself.

const NAME = 'key';

export const readKey = (): string | null => sessionStorage.getItem(NAME);
export const keepKey = (key: string): void => sessionStorage.setItem(NAME, key);
export const forgetKey = (): void => sessionStorage.removeItem(NAME);

/** Asks this server in the name of the bearer, where there is a key. */
export function ask(address: string, options: RequestInit = {}): Promise<Response> {
  const key = readKey();
  return fetch(address, { ...options, headers: { ...options.headers, ...(key !== null && { authorization: `Bearer ${key}` }) } });
}

/** Asks the API. @throws Error with the sentence that it answers */
export async function askData<Answer>(address: string, options: RequestInit = {}): Promise<Answer> {
  const response = await ask(address, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? response.statusText);
  return answer as Answer;
}
