// One version of a document: what it says, what is different in it, who changed a value last, and whom it is offered to.

import { ask, post, query } from './api.js';
import { changeList } from './differences.js';
import { action, element, facts, field, form, heading, id, short } from './dom.js';
import { text } from './document.js';
import { path, place, readable } from './documents.js';
import { instant } from './format.js';
import { lifecycle } from './lifecycle.js';
import { listingFields, listingWords } from './offer.js';
import { actor, whyNotChange } from './rights.js';

export async function version(view) {
  const { tenant, kind, name, parameters, signal, again } = view;
  const environment = parameters.get('environment') ?? '';
  const since = parameters.get('since') ?? '';
  const at = { ...view, environment, path: path(view), place: place(view) };
  const own = `${at.path}/versions/${view.id}`;
  const one = await ask(query(own, { environment }), { signal });
  const differences = await ask(query(`${own}/differences`, { since }), { signal });
  const link = (version) => element('a', { href: query(`${at.place}/versions/${version}`, { environment }) }, short(version));
  return [
    heading(`${readable(name)} ${one.label ?? one.version.slice(0, 12)}`),
    element('p', {}, element('a', { href: query(at.place, { environment }) }, `${kind} ${readable(name)}`)),
    facts([
      ['Version', id(one.version)], ['Label', one.label], ['Why', one.message], ['By', actor(one.author)], ['When', instant(one.time)],
      ['Made from', one.parents.length ? one.parents.map(link) : null], ['Content', id(one.content)],
    ]),
    element('h2', {}, 'Life cycle'), ...lifecycle(at, one, again),
    element('h2', {}, since ? 'Differences since ' : 'Differences', since ? link(since) : ''), changeList(differences.changes),
    element('h2', {}, 'Who changed a value'), blame(own, one, link),
    element('h2', {}, 'Signatures'), signatures(one),
    ...(whyNotChange(tenant) ? [] : changes(at, own, one)),
    element('h2', {}, 'What it says'), text(one.source),
  ];
}

/// Pointers of a document's values, for a list to choose from.
function pointers(document, most = 500) {
  const found = [];
  const waiting = [['', document]];
  while (waiting.length && found.length < most) {
    const [pointer, value] = waiting.pop();
    found.push(pointer);
    if (value === null || typeof value !== 'object') continue;
    for (const [name, inner] of Object.entries(value).reverse()) {
      waiting.push([`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, inner]);
    }
  }
  return found;
}

function blame(own, version, link) {
  const answer = element('p', { role: 'status' });
  const choices = element('datalist', { id: 'pointers' }, pointers(version.document).map((value) => element('option', { value })));
  const question = form([
    field('Value', element('input', { id: 'pointer', list: 'pointers', pattern: '(/.*)?', maxlength: 1000, autocomplete: 'off' }), 'as /template/version'),
    choices,
  ], 'Who changed it', async ({ pointer }) => {
    answer.replaceChildren();
    const found = await ask(`${own}/blame?${new URLSearchParams({ pointer })}`);
    answer.append(`${actor(found.author)}, `, instant(found.time), ', in ', link(found.version), found.message ? `: ${found.message}` : '');
  });
  return element('div', {}, question, answer);
}

function signatures({ signatures: all }) {
  if (!all.length) return element('p', { class: 'quiet' }, 'Nobody has signed it.');
  return element('ul', {}, all.map((one) => element('li', {}, `${one.name || one.publisher}, `, instant(one.time), ', key ', id(one.public_key),
    one.valid ? '' : element('strong', { class: 'bad' }, ' is not good'))));
}

/// What else can be made of it: a newer version with its words, a place in another environment, a signature, an offer.
function changes({ environment, path, place, again, tenant }, own, one) {
  const head = async (environment) => (await ask(query(path, { environment }))).state.head;
  const revert = action('Make its words the newest again', async () => {
    await post(query(`${path}/reverts`, { environment }), { version: one.version, message: `as ${one.version.slice(0, 12)}` }, { match: await head(environment) });
    location.hash = query(place, { environment });
  });
  const promote = form([
    field('Bring it to', element('input', { id: 'target', required: true, pattern: '[a-z0-9][a-z0-9._\\-]*', placeholder: 'sandbox' })),
    field('It is there already', element('input', { id: 'there', type: 'checkbox' }), 'leave empty for a first time'),
  ], 'Bring it there', async ({ target, there }) => {
    const match = there ? await head(target) : undefined;
    await post(query(`${path}/promotions`, { environment: target }), { version: one.version, from: environment || 'live' }, { match });
    location.hash = query(place, { environment: target });
  });
  const hex = (id, digits) => element('input', { id, required: true, pattern: `[0-9a-f]{${digits}}`, maxlength: digits, autocomplete: 'off' });
  const sign = form([
    field('Publisher', element('input', { id: 'publisher', required: true, pattern: '[a-z0-9][a-z0-9._\\-]*' })),
    field('Its name', element('input', { id: 'publisher-name', maxlength: 100 })),
    field('Public key', hex('public-key', 64)), field('Signature', hex('signature', 128), 'Ed25519 over the 32 bytes of the version’s id'),
  ], 'Add the signature', async (values) => {
    await post(`${own}/signatures`, {
      publisher: values.publisher, name: values['publisher-name'], public_key: values['public-key'], signature: values.signature });
    again();
    return 'Signed.';
  });
  const offer = one.signatures.length ? form([
    field('Signed by', element('input', { id: 'offer-publisher', required: true, value: one.signatures[0].publisher })), ...listingFields({}),
  ], 'Offer it', async (values) => {
    await post(query(`${own}/offers`, { environment }), { publisher: values['offer-publisher'], ...listingWords(values) });
    location.hash = `#/tenants/${tenant}/market/ours`;
  }) : element('p', { class: 'quiet' }, 'What is offered to others is signed by a publisher first.');
  return [
    element('h2', {}, 'What else to do with it'), element('p', { class: 'actions' }, revert), promote,
    element('h2', {}, 'Sign it'), sign, element('h2', {}, 'Offer it to others'), offer,
  ];
}
