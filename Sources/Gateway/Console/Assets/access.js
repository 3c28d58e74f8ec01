// For administrators: keys, what waits for a second one of them, and the trails.

import { ask, query } from './api.js';
import { action, element, heading, pages } from './dom.js';
import { count, instant, rupees, words } from './format.js';

export async function keys({ signal, again }) {
  const all = (what) => (cursor) => ask(query(`/v1/access/${what}`, { after: cursor, limit: 100 }), { signal });
  const post = (path) => ask(`/v1/access/${path}`, { method: 'POST' });

  /// Cannot be taken back: asks once more.
  async function revoke(key) {
    if (!confirm(`Revoke key ${key.key}, ${key.name}? It ends at once and for good.`)) return '';
    await post(`keys/${key.key}/revoke`);
    again();
    return `Key ${key.key} is revoked.`;
  }
  async function decide(proposal, word) {
    await post(`proposals/${proposal.proposal}/${word}`);
    again();
    return `${word === 'approve' ? 'Approved' : 'Rejected'}.`;
  }

  const known = await pages('Keys', [
    { title: 'Number', isNumber: true, cell: (key) => key.key },
    { title: 'Name', cell: (key) => key.name },
    { title: 'May', cell: (key) => rights(key) },
    { title: 'Proof', cell: (key) => key.credentials.map((one) => words(one.kind)).join(', ') },
    { title: 'Until', cell: (key) => (key.revoked ? element('span', { class: 'bad' }, 'revoked ', instant(key.revoked)) : instant(key.expires)) },
    { title: 'Revoke', cell: (key) => (key.revoked ? '' : action('Revoke', () => revoke(key), { 'aria-label': `Revoke key ${key.key}` })) },
  ], all('keys'), 'There are no keys.');
  const waiting = await pages('What waits for another administrator', [
    { title: 'Number', isNumber: true, cell: (one) => one.proposal },
    { title: 'What', cell: (one) => subject(one) },
    { title: 'By', cell: (one) => `person ${one.by_person}, key ${one.by_key}` },
    { title: 'Until', cell: (one) => instant(one.expires) },
    { title: 'Decide', cell: (one) => ['Approve', 'Reject'].map((word) =>
      action(word, () => decide(one, word.toLowerCase()), { 'aria-label': `${word} ${one.proposal}` })) },
  ], all('proposals'), 'Nothing waits.');
  return [heading('Keys'), known, element('h2', {}, 'What waits for another administrator'), waiting].flat();
}

function subject(proposal) {
  const name = proposal.content?.name ?? proposal.application?.name;
  return [words(proposal.what), proposal.key && `of key ${proposal.key}`, name && `“${name}”`, proposal.content && `(${rights(proposal.content)})`]
    .filter(Boolean).join(' ');
}

function rights(content) {
  return [
    content.roles.join(', '), content.tenants ? `tenants ${content.tenants.join(', ')}` : 'all tenants',
    content.person && `person ${content.person}`, content.operations && `only ${content.operations.map(words).join(', ')}`,
    content.amount_max !== undefined && `up to ${rupees(content.amount_max)}`,
    content.step_up && 'a second factor for some',
  ].filter(Boolean).join('; ');
}

const trails = { server: '/v1/access/audit', gateway: '/v1/audit' };

export async function audit({ parameters, signal }) {
  const which = parameters.get('trail') === 'gateway' ? 'gateway' : 'server';
  const links = Object.keys(trails).map((name) => element('a', {
    href: `#/audit?trail=${name}`, 'aria-current': name === which ? 'true' : null,
  }, name === 'server' ? 'Keys and sessions' : 'Requests'));
  const rows = await pages('Rows', [
    { title: 'Row', isNumber: true, cell: (row) => row.row },
    { title: 'When', cell: (row) => instant(row.at) },
    { title: 'What', cell: (row) => words(row.kind) },
    { title: 'Subject', cell: (row) => row.subject },
    { title: 'Key', cell: (row) => row.key },
    { title: 'From', cell: (row) => row.address },
    { title: 'Times', isNumber: true, cell: (row) => count(row.count) },
  ], (cursor) => ask(query(trails[which], { after: cursor, limit: 100 }), { signal }), 'The trail is empty.');
  return [heading('Audit'), element('nav', { 'aria-label': 'Trails' }, links), element('h2', {}, 'Rows, the oldest first'), rows].flat();
}
