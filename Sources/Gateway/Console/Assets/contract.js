// One contract: its money, its milestones, and what happened to it.

import { ask, query } from './api.js';
import { buckets } from './charts.js';
import { element, facts, heading, id as ident, pages } from './dom.js';
import { count, instant, kind, rupees, state, words } from './format.js';

export async function contract({ tenant, id, signal }) {
  const path = `/v1/tenants/${tenant}/contracts/${id}`;
  const record = await ask(path, { signal });
  const milestones = await pages('Milestones', [
    { title: 'Number', isNumber: true, cell: (one) => String(one.milestone) },
    { title: 'State', cell: (one) => state(one.state) },
    ...['amount', 'held', 'retained', 'certified', 'released', 'pending', 'paid', 'refunded'].map((name) => (
      { title: words(name), isNumber: true, cell: (one) => rupees(one[name]) })),
    { title: 'Due', cell: (one) => instant(one.due) },
  ], (cursor) => ask(query(`${path}/milestones`, { cursor, limit: 100 }), { signal }), 'It has no milestones.');
  return [
    heading('Contract ', ident(id)),
    element('p', { class: 'actions' }, element('a', { class: 'button', href: `#/tenants/${tenant}/contracts/${id}/statement` }, 'Statement to print')),
    facts([
      ['State', state(record.state)], ['Value', rupees(record.value)], ['Funded', rupees(record.buckets.funded)],
      ['Payer', record.payer], ['Payee', record.payee], ['Arbiter', record.arbiter],
      ['Milestones', count(record.milestone_count)], ['Version', count(record.version)],
      ['Advance outstanding', record.advance_outstanding ? rupees(record.advance_outstanding) : null],
    ]),
    element('h2', {}, 'Money'), ...buckets(record.buckets),
    element('h2', {}, 'Milestones'), ...milestones,
    element('h2', {}, 'History'), ...(await history(tenant, id, signal)),
  ];
}

const limit = 100;

/// Pages of a contract's events, for `pages`.
///
/// - Parameter begun: told the commit that the log begins with, where it was pruned.
export function events(tenant, contract, signal, begun = () => {}) {
  const page = (after) => ask(
    query(`/v1/tenants/${tenant}/events`, { contract, after, limit, refused: 'true' }), { signal });
  return async (cursor = '0-0') => {
    let found;
    try {
      found = await page(cursor);
    } catch (error) {
      // The log was pruned: what it still has is shown, and that it is not all.
      const [, begin] = error.code === 'position_too_old' ? error.message.match(/begins at (\d+)-/) ?? [] : [];
      if (!begin) throw error;
      begun(begin);
      found = await page(`${BigInt(begin) - 1n}-999999999`);
    }
    return { items: found.items, next: found.items.length === limit ? found.after : undefined };
  };
}

/// Columns of what an event did with money.
export const money = [
  { title: 'When', cell: (event) => instant(event.time) },
  { title: 'What', cell: (event) => outcome(event) },
  { title: 'Milestone', isNumber: true, cell: (event) => (event.data.milestone ? String(event.data.milestone) : '') },
  { title: 'Amount', isNumber: true, cell: (event) => (event.data.amount ? rupees(event.data.amount) : '') },
  { title: 'By', cell: (event) => (event.data.actor === '0' ? 'platform' : event.data.actor) },
];

async function history(tenant, contract, signal) {
  const note = element('p', { class: 'quiet', hidden: true });
  const list = await pages('What happened', [
    { title: 'Event', cell: (event) => ident(event.id) }, ...money,
    { title: 'State after', cell: (event) => (event.data.result.state ? state(event.data.result.state) : '') },
  ], events(tenant, contract, signal, (begin) => {
    note.textContent = `What happened before commit ${begin} is no longer in the log.`;
    note.hidden = false;
  }), 'The log has nothing of it.');
  return [note, ...list];
}

function outcome(event) {
  if (!event.type.endsWith('.operation.refused.v1')) return kind(event.type);
  return element('span', { class: 'bad' }, `${words(event.data.operation)} refused: ${words(event.data.result.code)}`);
}
