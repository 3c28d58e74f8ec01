// One contract: its money, its milestones, and what happened to it.

import { ask, query } from './api.js';
import { buckets } from './charts.js';
import { element, facts, heading, pages } from './dom.js';
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
    heading(`Contract ${id}`),
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

async function history(tenant, id, signal) {
  const note = element('p', { class: 'quiet', hidden: true });
  const events = (after) => ask(
    query(`/v1/tenants/${tenant}/events`, { contract: id, after, limit, refused: 'true' }), { signal });
  async function load(cursor = '0-0') {
    let page;
    try {
      page = await events(cursor);
    } catch (error) {
      // The log was pruned: what it still has is shown, and that it is not all.
      const [, begin] = error.code === 'position_too_old' ? error.message.match(/begins at (\d+)-/) ?? [] : [];
      if (!begin) throw error;
      note.textContent = `What happened before commit ${begin} is no longer in the log.`;
      note.hidden = false;
      page = await events(`${BigInt(begin) - 1n}-999999999`);
    }
    return { items: page.items, next: page.items.length === limit ? page.after : undefined };
  }
  const list = await pages('What happened', [
    { title: 'Event', cell: (event) => event.id },
    { title: 'When', cell: (event) => instant(event.time) },
    { title: 'What', cell: (event) => outcome(event) },
    { title: 'Milestone', isNumber: true, cell: (event) => (event.data.milestone ? String(event.data.milestone) : '') },
    { title: 'Amount', isNumber: true, cell: (event) => (event.data.amount ? rupees(event.data.amount) : '') },
    { title: 'By', cell: (event) => (event.data.actor === '0' ? 'platform' : event.data.actor) },
    { title: 'State after', cell: (event) => (event.data.result.state ? state(event.data.result.state) : '') },
  ], load, 'The log has nothing of it.');
  return [note, ...list];
}

function outcome(event) {
  if (!event.type.endsWith('.operation.refused.v1')) return kind(event.type);
  return element('span', { class: 'bad' }, `${words(event.data.operation)} refused: ${words(event.data.result.code)}`);
}
