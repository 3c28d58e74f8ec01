// The gallery: templates of contracts by facets and words, those that the tenant has in force of its own first.

import { ask, query } from './api.js';
import { element, field, form, heading, select, table } from './dom.js';
import { languages, words } from './format.js';

const facets = {
  industry: ['manufacturing', 'technology', 'construction', 'healthcare', 'education', 'retail'],
  size: ['small', 'medium', 'large'],
  complexity: ['simple', 'moderate', 'complex'],
  payment: ['advance-and-balance', 'stages', 'running-account', 'monthly', 'on-delivery', 'retention', 'sale-linked'],
};
const states = [
  'AN', 'AP', 'AR', 'AS', 'BR', 'CG', 'CH', 'DH', 'DL', 'GA', 'GJ', 'HP', 'HR', 'JH', 'JK', 'KA', 'KL', 'LA', 'LD', 'MH', 'ML', 'MN', 'MP',
  'MZ', 'NL', 'OD', 'PB', 'PY', 'RJ', 'SK', 'TN', 'TR', 'TS', 'UK', 'UP', 'WB',
];
const escalations = { E1: 'approved by silence', E2: 'arbiter in the end', E3: 'government' };
const readable = (name) => words(name.replaceAll('-', '_'));

export async function templates({ tenant, parameters, signal }) {
  const chosen = (name) => parameters.get(name) ?? '';
  const any = (name, values) => select(name, [['', 'any'], ...values], chosen(name));
  const language = chosen('language');
  const filter = form([
    field('Words', element('input', { id: 'search', type: 'search', maxlength: 200, value: chosen('search') })),
    field('Industry', any('industry', facets.industry)), field('Size', any('size', facets.size)),
    field('Complexity', any('complexity', facets.complexity)),
    field('Paid', any('payment', facets.payment.map((name) => [name, readable(name)]))),
    field('State', any('region', states)),
    field('Language', select('language', languages.map(([tag, name]) => [tag === 'en' ? '' : tag, name]), language)),
  ], 'Find', (values) => { location.hash = query(`#/tenants/${tenant}/templates`, values); });
  const [found, own] = await Promise.all([
    ask(query('/v1/templates', Object.fromEntries(parameters)), { signal }),
    ask(query(`/v1/tenants/${tenant}/templates`, { language }), { signal }),
  ]);
  const mine = new Map(own.items.map((one) => [one.template, one]));
  const list = table('Templates', [
    { title: 'Template', cell: (one) => [
      element('a', { href: query(`#/tenants/${tenant}/templates/${one.template}`, { language }) }, one.title), element('p', { class: 'summary' }, one.summary)] },
    { title: 'Whose', cell: (one) => (mine.get(one.template) === one ? element('strong', {}, 'yours') : 'the library’s') },
    { title: 'For', cell: (one) => `${one.facets.industry}: ${one.facets.size}, ${one.facets.complexity}` },
    { title: 'Paid', cell: (one) => one.facets.payment.map(readable).join(', ') },
    { title: 'Nobody answers', cell: (one) => escalations[one.facets.escalation] },
    { title: 'Where', cell: (one) => one.facets.regions.join(', ') || 'all of India' },
  ]);
  // A tenant's own stands before the library's of the same name, whatever it says of itself.
  const shown = [...own.items.filter((one) => fits(one, chosen)), ...found.items.filter((one) => !mine.has(one.template))];
  list.add(shown);
  const count = element('p', { class: 'quiet' }, shown.length ? `${shown.length} templates` : 'No template has all of that.');
  return [heading('Templates'), filter, count, shown.length ? list.node : null].filter(Boolean);
}

/// Whether a tenant's own template is among what is looked for, as the library looks.
function fits({ title, summary, template, facets: { industry, size, complexity, payment, regions } }, chosen) {
  const is = (name, value) => !chosen(name) || chosen(name) === value;
  const text = `${title} ${summary} ${template}`.toLowerCase();
  return is('industry', industry) && is('size', size) && is('complexity', complexity)
    && (!chosen('payment') || payment.includes(chosen('payment')))
    && (!chosen('region') || !regions.length || regions.includes(chosen('region')))
    && chosen('search').toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
