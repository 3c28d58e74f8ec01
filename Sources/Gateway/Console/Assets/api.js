// What the console asks of the gateway, and as whom. The token is in this module's memory only: a reload forgets it.

let token = null;
let scope = '';

export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? document.error_description ?? `the gateway answered ${status}`);
    this.status = status;
    this.code = document.code ?? document.error;
    this.errors = document.errors;
  }
}

/// Whole numbers that a double cannot hold are BigInts.
export function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source ? BigInt(context.source) : value);
}

async function answer(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { code: 'unreachable', detail: 'The gateway cannot be reached.' });
  }
  const text = await response.text();
  let document = {};
  if (text) {
    try {
      document = parse(text);
    } catch {
      throw new Problem(response.status, { detail: `the gateway answered ${response.status} with something that is no JSON` });
    }
  }
  if (!response.ok) throw new Problem(response.status, document);
  return document;
}

/// Asks for a document, or posts one.
export async function ask(path, { method = 'GET', body, signal } = {}) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await answer(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.status === 401) {
      token = null;
      dispatchEvent(new Event('signed-out'));
    }
    throw error;
  }
}

/// A path with its query; what is undefined or empty is left out.
export function query(path, parameters) {
  const known = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return known.length ? `${path}?${new URLSearchParams(known)}` : path;
}

/// Trades a key, and a code where the key has a second factor, for a token of minutes.
export async function signIn(key, secret, code) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: key, client_secret: secret });
  if (code) form.set('one_time_code', code);
  const answered = await answer('/oauth/token', { method: 'POST', body: form });
  token = answered.access_token;
  scope = answered.scope ?? '';
}

/// Ends the token at the server too.
export async function signOut() {
  const ended = token;
  token = null;
  if (ended) await answer('/oauth/revoke', { method: 'POST', body: new URLSearchParams({ token: ended }) });
}

export const isSignedIn = () => token !== null;

/// Tenants that the token names; none when it is for all of them.
export const tenants = () => [...scope.matchAll(/(?:^| )tenant:(\d+)/g)].map((found) => found[1]);
