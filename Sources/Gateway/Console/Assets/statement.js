// A contract's statement, to print: its money, all its milestones, and what moved.

import { ask, query } from './api.js';
import { buckets } from './charts.js';
import { events, money } from './contract.js';
import { element, facts, heading, id, table } from './dom.js';
import { instant, rupees, state } from './format.js';

/// Rows of a list that are put on paper.
const most = 5000;

/// All pages of a list, up to a bound.
async function whole(load) {
  const items = [];
  let cursor;
  do {
    const page = await load(cursor);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor && items.length < most);
  return { items, isWhole: !cursor };
}

export async function statement({ tenant, id: contract, signal }) {
  const path = `/v1/tenants/${tenant}/contracts/${contract}`;
  const record = await ask(path, { signal });
  const milestones = await whole((cursor) => ask(query(`${path}/milestones`, { cursor, limit: 1000 }), { signal }));
  const happened = await whole(events(tenant, contract, signal));
  const moves = happened.items.filter((event) => event.data.amount && !event.type.endsWith('.operation.refused.v1'));
  return [
    heading('Statement of contract ', id(contract)),
    element('p', { class: 'actions screen' },
      element('button', { type: 'button', class: 'main', onclick: () => print() }, 'Print'),
      element('a', { href: `#/tenants/${tenant}/contracts/${contract}` }, 'Back to the contract')),
    element('p', {}, `Tenant ${tenant}, `, instant(new Date().toISOString())),
    facts([
      ['State', state(record.state)], ['Value', rupees(record.value)], ['Funded', rupees(record.buckets.funded)],
      ['Payer', record.payer], ['Payee', record.payee], ['Arbiter', record.arbiter],
    ]),
    element('h2', {}, 'Money'), ...buckets(record.buckets),
    element('h2', {}, 'Milestones'),
    table('Milestones', [
      { title: 'Number', isNumber: true, cell: (one) => String(one.milestone) },
      { title: 'State', cell: (one) => state(one.state) },
      ...['amount', 'held', 'paid', 'refunded'].map((name) => ({ title: name, isNumber: true, cell: (one) => rupees(one[name]) })),
      { title: 'Due', cell: (one) => instant(one.due) },
    ], milestones.items).node,
    element('h2', {}, 'What moved'),
    moves.length ? table('What moved', money, moves).node : element('p', { class: 'quiet' }, 'Nothing moved, or the log has nothing of it.'),
    milestones.isWhole && happened.isWhole ? null : element('p', { class: 'warn' }, `Lists end after ${most} rows here.`),
  ].filter(Boolean);
}
