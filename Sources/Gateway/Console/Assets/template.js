// One template: its form, what will happen with what stands in it, and then a contract of exactly that.

import { ask, post, query } from './api.js';
import { action, element, facts, field, heading, id, number, select } from './dom.js';
import { fields } from './fields.js';
import { languages, rupees } from './format.js';
import { drawing, schedule } from './schedule.js';

const stages = {
  offered: 'is offered to the payee', draft: 'stays a draft', active: 'is accepted in the payee’s name',
  funded: 'is accepted in the payee’s name, and its whole value and advance are deposited',
};

export async function template({ tenant, industry, name, parameters, signal }) {
  const language = parameters.get('language') ?? '';
  const key = `${industry}/${name}`;
  // What the tenant has in force of its own stands before the library's.
  const own = await ask(query(`/v1/tenants/${tenant}/templates`, {}), { signal });
  const isOwn = own.items.some((one) => one.template === key);
  const path = isOwn ? `/v1/tenants/${tenant}/templates/${key}` : `/v1/templates/${key}`;
  const one = await ask(query(path, { language }), { signal });

  const inputs = fields(one);
  const unconfirmed = element('input', { id: 'unconfirmed', type: 'checkbox' });
  const body = () => ({
    form: Object.fromEntries(inputs.map(({ key, read }) => [key, read()]).filter(([, value]) => value !== undefined)),
    accept_unconfirmed: unconfirmed.checked,
  });
  const [payer, payee, arbiter] = ['payer', 'payee', 'arbiter'].map((id) => number(id, { 'data-pointer': `/${id}` }));
  const stage = select('stage', Object.keys(stages));
  const reference = element('input', { id: 'reference', autocomplete: 'off', 'data-pointer': '/deposit_reference' });
  const order = () => ({
    template: key, ...body(), payer: payer.value.trim(), payee: payee.value.trim(), stage: stage.value,
    ...(arbiter.value.trim() && { arbiter: arbiter.value.trim() }), ...(reference.value.trim() && { deposit_reference: reference.value.trim() }),
  });

  const outcome = element('div');
  const made = element('p');

  /// The first step: nothing is made, and what the second one would make is shown.
  async function preview() {
    made.replaceChildren();
    const [asked, wanted] = [body(), { ...order(), contract: newID() }];
    const found = await post(`${path}/previews`, asked);
    const picture = await drawing(path, language, asked, found);
    outcome.replaceChildren(element('h2', { tabindex: -1 }, 'What will happen'), ...schedule(found, one), picture, ...confirmation(found, wanted));
    outcome.querySelector('h2').focus();
    return 'What will happen is below.';
  }

  /// The second step, for exactly what was looked at. Its contract has its id before it is asked for: asked twice it is one contract.
  function confirmation({ value, milestones, start, end }, wanted) {
    if (!wanted.payer || !wanted.payee) return [element('p', { class: 'quiet' }, 'Name payer and payee, and look again, to make the contract.')];
    const said = `A contract of ${rupees(value)} in ${milestones.length} milestones from ${start} to ${end}, which ${wanted.payer} pays to ${wanted.payee}`
      + `${wanted.arbiter ? ` and ${wanted.arbiter} arbitrates` : ''}. It ${stages[wanted.stage]}.`;
    return [
      element('p', {}, element('strong', {}, said)),
      element('p', { class: 'actions' }, action('Make the contract', async () => {
        const done = await post(`/v1/tenants/${tenant}/instances`, wanted);
        outcome.querySelector('.actions').remove();
        made.replaceChildren('The contract ', element('a', { href: `#/tenants/${tenant}/contracts/${done.contract}` }, done.contract), ` is ${done.stage}.`);
        made.querySelector('a').focus();
        return `Contract ${done.contract} is there.`;
      }, { class: 'main' })),
    ];
  }

  /// What was looked at is no longer what stands there.
  function changed() {
    if (!outcome.hasChildNodes()) return;
    outcome.replaceChildren(element('p', { class: 'quiet' }, 'The form was changed: look again at what will happen.'));
  }

  const shown = select('language', languages.filter(([tag]) => one.languages.includes(tag)), language || 'en');
  shown.addEventListener('change', () => { location.hash = query(`#/tenants/${tenant}/templates/${key}`, { language: shown.value }); });
  return [
    heading(one.title), element('p', {}, one.summary),
    element('div', { class: 'line' }, field('Language', shown)),
    facts([
      ['Version', one.version], ['Whose', isOwn ? 'the tenant’s own' : 'the library’s'], ['Digest', id(one.digest)],
      ['Milestones', one.milestones.map((milestone) => milestone.title).join(' · ')], ['Samples', one.samples.join(', ')],
    ], 'plain'),
    element('div', { oninput: changed, onchange: changed },
      element('h2', {}, 'Form'),
      element('div', { class: 'form' }, inputs.map(({ node }) => node), field('Use rates that are not confirmed', unconfirmed)),
      element('h2', {}, `For whom, at tenant ${tenant}`),
      element('div', { class: 'line' }, field('Payer', payer), field('Payee', payee), field('Arbiter, if any', arbiter),
        field('How far', stage), field('Bank reference of the deposit, for funded', reference))),
    element('p', { class: 'actions' }, action('Show what will happen', preview, { class: 'main' })),
    outcome, made,
  ];
}

/// An id that nobody else makes: a UUID of version 7, by time.
function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const time = BigInt(Date.now());
  for (let place = 0; place < 6; place += 1) bytes[place] = Number((time >> BigInt(40 - 8 * place)) & 255n);
  bytes[6] = (bytes[6] & 15) | 0x70;
  bytes[8] = (bytes[8] & 63) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
