// For the platform: what tenants reported, takedowns that wait for a second person, and publishers who are who they say.

import { ask, post } from './api.js';
import { element, field, form, heading, number, select, table, action } from './dom.js';
import { instant } from './format.js';
import { listingPath, listingPlace, parts } from './market.js';
import { actor } from './rights.js';

const market = '/v1/tenants/0/marketplace';

export async function moderation({ tenant, signal, again }) {
  const [reports, takedowns] = await Promise.all([ask(`${market}/reports`, { signal }), ask(`${market}/takedowns`, { signal })]);
  const link = (one) => element('a', { href: listingPlace('0', one.listing) }, one.listing);
  const rows = (caption, columns, { items }, none) =>
    (items.length ? table(caption, columns, items).node : element('p', { class: 'quiet' }, none));

  async function settle(report) {
    const reason = prompt('What came of the report? It is kept.');
    if (!reason) return '';
    await post(`${listingPath('0', report.listing)}/settlements`, { tenant: report.tenant, reason });
    again();
    return 'Settled.';
  }
  async function confirmTakedown({ listing, label }) {
    if (!confirm(`Take ${listing} ${label ?? ''} down?`)) return '';
    await post(`${listingPath('0', listing)}/takedowns`, { step: 'confirmed', ...(label && { label }) });
    again();
    return 'Taken down.';
  }

  const verify = form([
    field('Tenant', number('publisher-tenant', { required: true, 'data-pointer': '/tenant' })),
    field('Publisher', element('input', { id: 'publisher', required: true, pattern: '[a-z0-9][a-z0-9._\\-]*', 'data-pointer': '/publisher' })),
    field('It is', select('is-verified', [['true', 'verified'], ['false', 'verified no longer']])),
    field('What was looked at', element('input', { id: 'reason', required: true, maxlength: 500, 'data-pointer': '/reason' })),
  ], 'Say that', async (values) => {
    const said = await post(`${market}/publishers`, {
      tenant: values['publisher-tenant'], publisher: values.publisher, verified: values['is-verified'] === 'true', reason: values.reason });
    return `${values.publisher} is ${said.verified ? '' : 'not '}verified.`;
  });
  return [
    heading('Moderation'), parts(tenant, 'moderation'),
    element('h2', {}, 'Reports'),
    rows('Reports', [
      { title: 'Listing', cell: link }, { title: 'By tenant', isNumber: true, cell: (one) => one.tenant },
      { title: 'It is', cell: (one) => one.objection }, { title: 'Because', cell: (one) => one.text },
      { title: 'Who', cell: (one) => actor(one.actor) }, { title: 'When', cell: (one) => instant(one.time) },
      { title: 'Settle', cell: (one) => action('Settle', () => settle(one), { 'aria-label': `Settle ${one.listing} of tenant ${one.tenant}` }) },
    ], reports, 'Nobody reported anything.'),
    element('h2', {}, 'Takedowns that wait for a second person'),
    rows('Takedowns', [
      { title: 'Listing', cell: link }, { title: 'Version', cell: (one) => one.label ?? 'all' },
      { title: 'It is', cell: (one) => one.objection }, { title: 'Because', cell: (one) => one.reason },
      { title: 'Who', cell: (one) => actor(one.actor) }, { title: 'When', cell: (one) => instant(one.time) },
      { title: 'Confirm', cell: (one) => action('Confirm', () => confirmTakedown(one), { 'aria-label': `Confirm ${one.listing} ${one.label ?? ''}` }) },
    ], takedowns, 'Nothing waits.'),
    element('h2', {}, 'Publishers'), verify,
  ];
}
