// Documents of a tenant that are kept in versions: by kind, what is in force of each, and a new one.

import { ask, post, query } from './api.js';
import { element, field, form, heading, pages, select, short } from './dom.js';
import { whyNotChange } from './rights.js';

const kinds = ['template', 'workflow', 'ruleset', 'table', 'vocabulary', 'messages', 'config', 'schema', 'refdata'];

/// A document's address in the console, and at the gateway.
export const place = ({ tenant, kind, name }) => `#/tenants/${tenant}/documents/${kind}/${name}`;
export const path = ({ tenant, kind, name }) => `/v1/tenants/${tenant}/documents/${kind}/${name}`;

/// A name as people write it; `~` stands for the stroke in addresses.
export const readable = (name) => name.replaceAll('~', '/');

const inAddress = (name) => name.replaceAll('/', '~');

/// What a name of a document may be.
export const namePattern = '[a-z0-9][a-z0-9._\\-]*([\\/][a-z0-9][a-z0-9._\\-]*){0,2}';

export async function documents({ tenant, parameters, signal }) {
  const kind = parameters.get('kind') || 'template';
  const environment = parameters.get('environment') ?? '';
  const shown = kinds.includes(kind) ? kinds : [...kinds, kind];
  const filter = form([
    field('Kind', select('kind', shown, kind)),
    field('Where', element('input', { id: 'environment', value: environment, placeholder: 'live', size: 10 })),
  ], 'Show', (values) => { location.hash = query(`#/tenants/${tenant}/documents`, values); });
  const list = await pages('Documents', [
    { title: 'Name', cell: (one) => element('a', { href: query(place({ tenant, kind, name: one.document }), { environment }) }, readable(one.document)) },
    { title: 'Newest version', cell: (one) => short(one.head) },
    { title: 'In force', cell: (one) => inForce(one) },
  ], (cursor) => ask(query(`/v1/tenants/${tenant}/documents/${kind}`, { environment, cursor, limit: 100 }), { signal }),
  `There is no ${kind} yet.`);
  return [heading(`Documents of tenant ${tenant}`), filter, ...list, ...begin(tenant, kind, environment)];
}

export function inForce({ head, active }) {
  if (!active) return element('span', { class: 'quiet' }, 'nothing');
  return active === head ? element('span', { class: 'good' }, 'the newest') : short(active);
}

/// A new document: an empty one, or another one's words.
function begin(tenant, kind, environment) {
  const why = whyNotChange(tenant);
  if (why) return [element('p', { class: 'quiet' }, `No changes here: ${why}.`)];
  const name = (id) => element('input', { id, required: true, pattern: namePattern, maxlength: 194, autocomplete: 'off' });
  const write = form([field('Name', name('new'), 'as retail/two-stages')], 'Write it', (values) => {
    location.hash = query(`${place({ tenant, kind, name: inAddress(values.new) })}/edit`, { environment, new: 'true' });
  });
  const fork = form([
    field('Of', select('from', [['0', 'the platform'], [tenant, 'this tenant']])),
    field('Its name', name('source')), field('Name here', name('copy')),
  ], 'Copy it', async (values) => {
    const copy = { tenant, kind, name: inAddress(values.copy) };
    await post(query(`${path(copy)}/forks`, { environment }), { tenant: values.from, document: inAddress(values.source) });
    location.hash = query(place(copy), { environment });
  });
  return [
    element('h2', {}, `A new ${kind}`), write,
    element('h2', {}, 'One with the words of another'),
    element('p', { class: 'quiet' }, 'It remembers what it was made of, and can take in what changes there.'), fork,
  ];
}
