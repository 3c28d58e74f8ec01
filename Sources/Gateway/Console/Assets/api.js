// What the console asks of the gateway, and as whom. The token is in this module's memory only: a reload forgets it.

let token = null;
let own = null;

export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? document.error_description ?? `the gateway answered ${status}`);
    this.status = status;
    this.code = document.code ?? document.error;
    this.errors = document.errors;
    this.document = document;
  }
}

/// Whole numbers that a double cannot hold are BigInts.
export function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source ? BigInt(context.source) : value);
}

/// JSON of what `parse` gave, with an indentation if wanted.
export const stringify = (value, indent) =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? JSON.rawJSON(String(one)) : one), indent);

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { code: 'unreachable', detail: 'The gateway cannot be reached.' });
  }
  if (!response.ok) throw new Problem(response.status, await document(response));
  return response;
}

async function document(response) {
  const text = await response.text();
  if (!text) return {};
  try {
    return parse(text);
  } catch {
    throw new Problem(response.status, { detail: `the gateway answered ${response.status} with something that is no JSON` });
  }
}

/// Asks as who signed in. Who is not known any more is told to the page.
async function sendAsKey(path, { headers, ...options }) {
  try {
    return await send(path, { ...options, headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers });
  } catch (error) {
    if (error.status === 401) {
      token = null;
      dispatchEvent(new Event('signed-out'));
    }
    throw error;
  }
}

/// Asks for a document, or sends one: `body` as JSON, or `text` as it was written.
///
/// - Parameter match: the version that is to be the newest.
export async function ask(path, { method = 'GET', body, text, type = 'application/json', match, signal } = {}) {
  const content = text ?? (body === undefined ? undefined : stringify(body));
  const headers = { ...(content !== undefined && { 'content-type': type }), ...(match && { 'if-match': `"${match}"` }) };
  return document(await sendAsKey(path, { method, headers, signal, body: content }));
}

export const post = (path, body, more) => ask(path, { method: 'POST', body, ...more });

/// Asks with a form for something that is no document: a picture.
export async function askFile(path, body) {
  const headers = { 'content-type': 'application/json' };
  return (await sendAsKey(path, { method: 'POST', headers, body: stringify(body) })).blob();
}

/// Follows a stream of events to its end: `take` is told how many came, and the newest of them. The others are not even read, so that a
/// busy log does not keep the page busy.
export async function follow(path, signal, take) {
  const response = await sendAsKey(path, { headers: { accept: 'text/event-stream' }, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    const events = blocks.map((block) => block.match(/^(?:id: .*\n)?data: (.*)$/)?.[1]).filter(Boolean);
    if (events.length) take(events.length, events.slice(-10).map(parse));
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
  const answered = await document(await send('/oauth/token', { method: 'POST', body: form }));
  token = answered.access_token;
  own = await ask('/v1/access/key');
}

/// Ends the token at the server too.
export async function signOut() {
  const ended = token;
  token = null;
  if (ended) await send('/oauth/revoke', { method: 'POST', body: new URLSearchParams({ token: ended }) });
}

/// The key that signed in, as the token allows it; null before a server without keys.
export const ownKey = () => (token ? own : null);
