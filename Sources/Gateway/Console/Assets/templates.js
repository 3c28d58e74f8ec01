// The gallery: templates of contracts, by industry, size and words.

import { ask, query } from './api.js';
import { element, heading, table } from './dom.js';
import { languages, words } from './format.js';

const industries = ['manufacturing', 'technology', 'construction', 'healthcare', 'education', 'retail'];
const sizes = ['small', 'medium', 'large'];

const escalations = { E1: 'approved by silence', E2: 'arbiter in the end', E3: 'government' };

export async function templates({ tenant, parameters, signal }) {
  const chosen = (name) => parameters.get(name) ?? '';
  const option = (name) => (value, text = value) => element('option', { value, selected: value === chosen(name) }, text);
  const field = (label, id, control) => element('div', { class: 'field' }, element('label', { for: id }, label), control);
  const select = (name, values) => element('select', { id: name }, option(name)('', 'any'), values.map((value) => option(name)(value)));
  const search = element('input', { id: 'search', type: 'search', maxlength: 200, value: chosen('search') });
  const [industry, size] = [select('industry', industries), select('size', sizes)];
  const language = element('select', { id: 'language' }, languages.map(([tag, name]) => option('language')(tag === 'en' ? '' : tag, name)));
  const filter = element('form', {
    class: 'line',
    onsubmit: (event) => {
      event.preventDefault();
      location.hash = query(`#/tenants/${tenant}/templates`, {
        search: search.value, industry: industry.value, size: size.value, language: language.value });
    },
  }, field('Words', 'search', search), field('Industry', 'industry', industry), field('Size', 'size', size),
  field('Language', 'language', language), element('button', {}, 'Find'));
  const found = await ask(query('/v1/templates', Object.fromEntries(parameters)), { signal });
  const more = query('', { language: chosen('language') });
  const list = table('Templates', [
    { title: 'Template', cell: (one) => [
      element('a', { href: `#/tenants/${tenant}/templates/${one.template}${more}` }, one.title), element('p', { class: 'summary' }, one.summary)] },
    { title: 'For', cell: (one) => `${one.facets.industry}: ${one.facets.size}, ${one.facets.complexity}` },
    { title: 'Paid', cell: (one) => one.facets.payment.map((name) => words(name.replaceAll('-', '_'))).join(', ') },
    { title: 'Nobody answers', cell: (one) => escalations[one.facets.escalation] },
    { title: 'Where', cell: (one) => one.facets.regions.join(', ') || 'all of India' },
  ], found.items);
  const count = element('p', { class: 'quiet' }, found.items.length ? `${found.items.length} templates` : 'No template has all of that.');
  return [heading('Templates'), filter, count, found.items.length ? list.node : null].filter(Boolean);
}
