// Lists of a tenant: its contracts, its milestones that are due, and those in dispute.

import { ask, query } from './api.js';
import { element, facts, field, form, heading, number, pages, select } from './dom.js';
import { instant, rupees, state, words } from './format.js';

const states = ['DRAFT', 'OFFERED', 'ACTIVE', 'SUSPENDED', 'COMPLETED', 'TERMINATED', 'CANCELLED', 'CLOSED'];

const link = (record) => element('a', { href: `#/tenants/${record.tenant}/contracts/${record.contract}` }, record.contract);

export async function contracts({ tenant, parameters, signal }) {
  const chosen = parameters.get('state') ?? '';
  const party = parameters.get('party') ?? '';
  const filter = form([
    field('State', select('state', [['', 'any'], ...states.map((name) => [name, words(name)])], chosen)),
    field('Payer, payee or arbiter', number('party', { value: party })),
  ], 'Filter', (values) => { location.hash = query(`#/tenants/${tenant}/contracts`, values); });
  const find = form([field('Contract', element('input', { id: 'contract', required: true, pattern: '[\\w\\-]+', size: 12, autocomplete: 'off' }))], 'Open',
    ({ contract }) => { location.hash = `#/tenants/${tenant}/contracts/${contract}`; });
  const { buckets } = await ask(`/v1/tenants/${tenant}/ledger`, { signal });
  const list = await pages('Contracts', [
    { title: 'Contract', cell: link },
    { title: 'State', cell: (record) => state(record.state) },
    { title: 'Value', isNumber: true, cell: (record) => rupees(record.value) },
    { title: 'Funded', isNumber: true, cell: (record) => rupees(record.buckets.funded) },
    { title: 'Held', isNumber: true, cell: (record) => rupees(record.buckets.held) },
    { title: 'Payer', cell: (record) => record.payer },
    { title: 'Payee', cell: (record) => record.payee },
  ], (cursor) => ask(query(`/v1/tenants/${tenant}/contracts`, { state: chosen, party, cursor, limit: 50 }), { signal }), 'No such contract.');
  return [
    heading(`Contracts of tenant ${tenant}`),
    facts([['Funded', 'funded'], ['Held for milestones', 'held'], ['Retained', 'retained'], ['On its way to payees', 'payout_pending'], ['Paid out', 'paid_out']]
      .map(([title, name]) => [title, rupees(buckets[name])])),
    element('div', { class: 'line' }, filter, find), list,
  ].flat();
}

/// What is due in so many days; 0 for what is overdue.
export async function due({ tenant, parameters, signal }) {
  const days = parameters.get('days') ?? '7';
  const now = Date.now();
  const window = days === '0'
    ? { due_before: new Date(now).toISOString() }
    : { due_from: new Date(now).toISOString(), due_before: new Date(now + Number(days) * 864e5).toISOString() };
  const filter = form([field('Due', select('days', [['0', 'already'], ['7', 'within a week'], ['31', 'within a month'], ['366', 'within a year']], days))], 'Show',
    (values) => { location.hash = query(`#/tenants/${tenant}/due`, values); });
  const list = await pages('Milestones that are due', [
    { title: 'Contract', cell: link },
    { title: 'Milestone', isNumber: true, cell: (record) => String(record.milestone) },
    { title: 'State', cell: (record) => state(record.state) },
    { title: 'Due', cell: (record) => instant(record.due) },
    { title: 'Amount', isNumber: true, cell: (record) => rupees(record.amount) },
    { title: 'Held', isNumber: true, cell: (record) => rupees(record.held) },
  ], (cursor) => ask(query(`/v1/tenants/${tenant}/milestones`, { ...window, cursor, limit: 50 }), { signal }), 'Nothing open is due then.');
  return [heading(`Due at tenant ${tenant}`), filter, list].flat();
}

export async function disputes({ tenant, signal }) {
  const list = await pages('Milestones in dispute', [
    { title: 'Contract', cell: link },
    { title: 'Milestone', isNumber: true, cell: (record) => String(record.milestone) },
    { title: 'Amount', isNumber: true, cell: (record) => rupees(record.amount) },
    { title: 'Held', isNumber: true, cell: (record) => rupees(record.held) },
    { title: 'Certified', isNumber: true, cell: (record) => rupees(record.certified) },
    { title: 'Due', cell: (record) => instant(record.due) },
  ], (cursor) => ask(query(`/v1/tenants/${tenant}/milestones`, { state: 'DISPUTED', cursor, limit: 50 }), { signal }), 'No milestone is in dispute.');
  return [heading(`Disputes of tenant ${tenant}`), list].flat();
}
