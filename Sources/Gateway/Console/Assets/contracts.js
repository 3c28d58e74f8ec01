// Lists of a tenant: its contracts, and its milestones in dispute.

import { ask, query } from './api.js';
import { element, heading, pages } from './dom.js';
import { instant, rupees, state, words } from './format.js';

const states = ['DRAFT', 'OFFERED', 'ACTIVE', 'SUSPENDED', 'COMPLETED', 'TERMINATED', 'CANCELLED', 'CLOSED'];

const link = (record) => element('a', { href: `#/tenants/${record.tenant}/contracts/${record.contract}` }, record.contract);

export async function contracts({ tenant, parameters, signal }) {
  const chosen = parameters.get('state') ?? '';
  const option = (value, text) => element('option', { value, selected: value === chosen }, text);
  const filter = element('form', {
    class: 'line',
    onsubmit: (event) => {
      event.preventDefault();
      location.hash = query(`#/tenants/${tenant}/contracts`, { state: select.value });
    },
  });
  const select = element('select', { id: 'state' }, option('', 'any'), states.map((name) => option(name, words(name))));
  filter.append(element('div', { class: 'field' }, element('label', { for: 'state' }, 'State'), select), element('button', {}, 'Filter'));
  const list = await pages('Contracts', [
    { title: 'Contract', cell: link },
    { title: 'State', cell: (record) => state(record.state) },
    { title: 'Value', isNumber: true, cell: (record) => rupees(record.value) },
    { title: 'Funded', isNumber: true, cell: (record) => rupees(record.buckets.funded) },
    { title: 'Held', isNumber: true, cell: (record) => rupees(record.buckets.held) },
    { title: 'Payer', cell: (record) => record.payer },
    { title: 'Payee', cell: (record) => record.payee },
  ], (cursor) => ask(query(`/v1/tenants/${tenant}/contracts`, { state: chosen, cursor, limit: 50 }), { signal }), 'No such contract.');
  return [heading(`Contracts of tenant ${tenant}`), filter, list].flat();
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
