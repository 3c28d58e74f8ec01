// A tenant's endpoints, and how they fare.

import { ask, query } from './api.js';
import { element, heading, pages } from './dom.js';
import { count, instant, state } from './format.js';

export async function webhooks({ tenant, signal }) {
  const list = await pages('Endpoints', [
    { title: 'Address', cell: (one) => element('a', { href: `#/tenants/${tenant}/webhooks/${one.id}` }, one.url) },
    { title: 'What for', cell: (one) => one.description },
    { title: 'State', cell: (one) => state(one.state) },
    { title: 'Delivered', isNumber: true, cell: (one) => (one.success_percent === undefined ? '' : `${one.success_percent} %`) },
    { title: 'Commits behind', isNumber: true, cell: (one) => count(one.lag) },
    { title: 'Retries', isNumber: true, cell: (one) => count(one.retries) },
    { title: 'Dead letters', isNumber: true, cell: (one) => count(one.dead_letters) },
    { title: 'Last success', cell: (one) => instant(one.last_success) },
  ], (cursor) => ask(query(`/v1/tenants/${tenant}/webhooks`, { cursor, limit: 50 }), { signal }), 'There are no endpoints.');
  return [heading(`Webhooks of tenant ${tenant}`), list].flat();
}
