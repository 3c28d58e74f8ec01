// A tenant's endpoints, how they fare, and a new one.

import { ask, post, query } from './api.js';
import { element, field, form, heading, id, pages } from './dom.js';
import { count, instant, state } from './format.js';

export async function webhooks({ tenant, signal }) {
  const path = `/v1/tenants/${tenant}/webhooks`;
  const list = await pages('Endpoints', [
    { title: 'Address', cell: (one) => element('a', { href: `#/tenants/${tenant}/webhooks/${one.id}` }, one.url) },
    { title: 'What for', cell: (one) => one.description },
    { title: 'State', cell: (one) => state(one.state) },
    { title: 'Delivered', isNumber: true, cell: (one) => (one.success_percent === undefined ? '' : `${one.success_percent} %`) },
    { title: 'Commits behind', isNumber: true, cell: (one) => count(one.lag) },
    { title: 'Retries', isNumber: true, cell: (one) => count(one.retries) },
    { title: 'Dead letters', isNumber: true, cell: (one) => count(one.dead_letters) },
    { title: 'Last success', cell: (one) => instant(one.last_success) },
  ], (cursor) => ask(query(path, { cursor, limit: 50 }), { signal }), 'There are no endpoints.');
  return [heading(`Webhooks of tenant ${tenant}`), ...list, element('h2', {}, 'A new endpoint'), ...begin(tenant, path)];
}

/// The secret that signs is told once, so it stays in sight until the view is left.
function begin(tenant, path) {
  const made = element('div', { role: 'status' });
  const add = form([
    field('Address', element('input', { id: 'url', type: 'url', required: true, maxlength: 2048, placeholder: 'https://', 'data-pointer': '/url' })),
    field('What for', element('input', { id: 'description', maxlength: 200, 'data-pointer': '/description' })),
    field('Only events of which this is true', element('input', { id: 'filter', maxlength: 2048, placeholder: 'data.amount >= 100000', 'data-pointer': '/filter' })),
    field('In order of their record', element('input', { id: 'ordered', type: 'checkbox' })),
  ], 'Add', async ({ url, description, filter, ordered }) => {
    const one = await post(path, { url, ordered, ...(description && { description }), ...(filter && { filter }) });
    made.replaceChildren(
      element('p', {}, element('a', { href: `#/tenants/${tenant}/webhooks/${one.id}` }, one.url), ' is there. Its secret is told once: ', id(one.secret)));
    return 'Added.';
  });
  return [add, made];
}
