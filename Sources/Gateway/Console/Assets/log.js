// What was done with documents of all tenants. Each line has the SHA-256 of the line before: that is looked at here.

import { ask, parse, query } from './api.js';
import { element, heading, id, pages } from './dom.js';
import { readable } from './documents.js';
import { instant, words } from './format.js';
import { actor } from './rights.js';

async function digest(text) {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const limit = 200;

export async function log({ signal }) {
  const verdict = element('p', { role: 'status' });
  let before;
  let broken = null;

  /// Whether each line follows from the one before, from the first one on.
  async function follow(lines) {
    // Browsers have it on addresses that are safe only.
    if (!crypto.subtle) return verdict.replaceChildren('The chain can be looked at over HTTPS only.');
    for (const line of lines) {
      const { sequence, previous } = parse(line);
      if (broken === null && previous !== before) broken = sequence;
      before = await digest(line);
    }
    verdict.className = broken === null ? 'good' : 'bad';
    verdict.textContent = broken === null
      ? 'Each line follows from the one before, from the first on.' : `Line ${broken} does not follow from the one before it.`;
  }

  const list = await pages('Lines', [
    { title: 'Line', isNumber: true, cell: (one) => String(one.sequence) },
    { title: 'When', cell: (one) => instant(new Date(one.time).toISOString()) },
    { title: 'Who', cell: (one) => actor(one.actor) },
    { title: 'What', cell: (one) => words(one.action) },
    { title: 'Tenant', isNumber: true, cell: (one) => String(one.tenant) },
    { title: 'Document', cell: (one) => element('a', { href: `#/tenants/${one.tenant}/documents/${one.kind}/${one.name.replaceAll('/', '~')}` }, `${one.kind} ${readable(one.name)}`) },
    { title: 'Version', cell: (one) => id(one.version) },
    { title: 'More', cell: (one) => one.detail },
  ], async (cursor) => {
    const { lines } = await ask(query('/v1/documents/log', { after: cursor, limit }), { signal });
    await follow(lines);
    const items = lines.map(parse);
    return { items, next: items.length === limit ? String(items.at(-1).sequence) : undefined };
  }, 'Nothing was done yet.');
  return [heading('Log of documents'), verdict, ...list];
}
