// One template: its form, drawn from its schema; what a form comes to; and a contract of it.

import { ask, query } from './api.js';
import { steps } from './charts.js';
import { action, element, facts, heading, table } from './dom.js';
import { paise, percent, rupees } from './format.js';

export async function template({ tenant, industry, name, parameters, signal }) {
  const path = `/v1/templates/${industry}/${name}`;
  const one = await ask(query(path, { language: parameters.get('language') ?? '' }), { signal });
  // In the template's order; the schema's own is by name.
  const inputs = one.parameters.map((parameter) =>
    input(parameter.name, one.schema.properties[parameter.name], parameter, one.schema.required.includes(parameter.name)));
  const form = () => Object.fromEntries(inputs.map(({ key, read }) => [key, read()]).filter(([, value]) => value !== undefined));
  const outcome = element('div');
  const unconfirmed = element('input', { id: 'unconfirmed', type: 'checkbox' });
  const body = () => ({ form: form(), accept_unconfirmed: unconfirmed.checked });

  async function preview() {
    outcome.replaceChildren(...schedule(await ask(`${path}/previews`, { method: 'POST', body: body() }), one));
    outcome.querySelector('h2').focus();
    return 'The schedule is below.';
  }

  const person = (id, label) => element('div', { class: 'field' }, element('label', { for: id }, label),
    element('input', { id, inputmode: 'numeric', pattern: '[0-9]{1,10}', size: 8, autocomplete: 'off' }));
  const people = [person('payer', 'Payer'), person('payee', 'Payee'), person('arbiter', 'Arbiter, if any')];
  const stage = element('select', { id: 'stage' }, ['offered', 'draft', 'active', 'funded'].map((value) => element('option', { value }, value)));
  const reference = element('input', { id: 'reference', autocomplete: 'off' });
  const made = element('p');

  async function instantiate() {
    const of = (id) => people.map((field) => field.querySelector('input')).find((one) => one.id === id).value.trim();
    const order = { template: `${industry}/${name}`, ...body(), payer: of('payer'), payee: of('payee'), stage: stage.value };
    if (of('arbiter')) order.arbiter = of('arbiter');
    if (reference.value) order.deposit_reference = reference.value;
    const done = await ask(`/v1/tenants/${tenant}/instances`, { method: 'POST', body: order });
    outcome.replaceChildren(...schedule(done.schedule, one));
    made.replaceChildren('The contract ', element('a', { href: `#/tenants/${tenant}/contracts/${done.contract}` }, done.contract), ` is ${done.stage}.`);
    return `Contract ${done.contract} is there.`;
  }

  return [
    heading(one.title), element('p', {}, one.summary),
    facts([['Version', one.version], ['Milestones', one.milestones.map((milestone) => milestone.title).join(' · ')], ['Languages', one.languages.join(', ')]], 'plain'),
    element('h2', {}, 'Form'),
    element('div', { class: 'form' }, inputs.map(({ node }) => node),
      element('div', { class: 'field' }, element('label', { for: 'unconfirmed' }, 'Use rates that are not confirmed'), unconfirmed)),
    element('p', { class: 'actions' }, action('Preview', preview, { class: 'main' })), outcome,
    element('h2', {}, `A contract of tenant ${tenant}`),
    element('div', { class: 'line' }, people,
      element('div', { class: 'field' }, element('label', { for: 'stage' }, 'How far'), stage),
      element('div', { class: 'field' }, element('label', { for: 'reference' }, 'Bank reference of the deposit, for funded'), reference)),
    element('p', { class: 'actions' }, action('Make the contract', instantiate)), made,
  ];
}

/// A field of the form, and how its value is read: what is left empty is left out.
function input(key, schema, title, isRequired) {
  const id = `field-${key}`;
  const standard = schema.default;
  let control;
  let read;
  if (schema.type === 'boolean') {
    control = element('input', { id, type: 'checkbox', checked: standard === true });
    read = () => control.checked;
  } else if (schema.enum) {
    const names = Object.fromEntries((title.words ?? []).map((word) => [word.name, word.title]));
    control = element('select', { id, required: isRequired }, isRequired ? element('option', { value: '' }, '–') : null,
      schema.enum.map((value) => element('option', { value, selected: value === standard }, names[value] ?? value)));
    read = () => control.value || undefined;
  } else if (schema.type === 'integer' && schema.format === 'paise') {
    const shown = (sum) => rupees(sum).slice(1);
    control = element('input', { id, inputmode: 'decimal', required: isRequired, placeholder: shown(schema.minimum), value: standard === undefined ? null : shown(standard) });
    read = () => (control.value.trim() ? paise(control.value) : undefined);
  } else if (schema.type === 'integer') {
    control = element('input', { id, type: 'number', min: schema.minimum, max: schema.maximum, step: 1, required: isRequired, value: standard ?? null });
    read = () => (control.value === '' ? undefined : Number(control.value));
  } else if (schema.format === 'date') {
    control = element('input', { id, type: 'date', required: isRequired, value: standard ?? null });
    read = () => control.value || undefined;
  } else {
    control = element('input', { id, maxlength: schema.maxLength, required: isRequired, value: standard ?? null });
    read = () => control.value || undefined;
  }
  const unit = { paise: ' (rupees)', bps: ' (hundredths of a per cent)', days: ' (days)' }[schema.format] ?? '';
  return { key, read, node: element('div', { class: 'field' }, element('label', { for: id }, `${title.title}${unit}`), control) };
}

/// Milestones, sums, and how money flows over time.
function schedule(one, of) {
  const titles = Object.fromEntries(of.milestones.map((milestone) => [milestone.name, milestone.title]));
  const title = (milestone) => {
    const [, base, number] = milestone.id.match(/^(.*?)(?:-(\d+))?$/);
    return titles[milestone.id] ?? `${titles[base] ?? base} ${number ?? ''}`;
  };
  const rows = table('Schedule', [
    { title: 'Milestone', cell: title },
    { title: 'Without tax', isNumber: true, cell: (milestone) => rupees(milestone.taxable) },
    { title: 'Tax', isNumber: true, cell: (milestone) => rupees(milestone.tax) },
    { title: 'Amount', isNumber: true, cell: (milestone) => rupees(milestone.amount) },
    { title: 'Due', cell: (milestone) => milestone.due },
    { title: 'Needs', cell: (milestone) => milestone.predecessors.map((ordinal) => title(one.milestones[ordinal - 1])).join(', ') },
  ], one.milestones);
  const flow = one.milestones.map(({ due, amount }) => ({ due, amount })).sort((a, b) => (a.due < b.due ? -1 : 1));
  return [
    element('h2', { tabindex: -1 }, 'What it comes to'),
    facts([
      ['Value', rupees(one.value)], ['Without tax', rupees(one.taxable)], ['Advance', one.advance ? rupees(one.advance) : null],
      ['From', one.start], ['To', one.end], ['Kept from each bill', one.terms.retention ? percent(one.terms.retention) : null],
      ...one.rates.sources.map((source) => [source.what.replace('gst', 'GST'), `${percent(source.rate)}${source.confirmed ? '' : ', not confirmed'}`]),
    ]),
    rows.node, steps(flow, one.start, one.end),
    element('ul', { class: 'quiet' }, one.rates.sources.map((source) => element('li', {}, `${source.what}: ${source.citation}`))),
  ];
}
