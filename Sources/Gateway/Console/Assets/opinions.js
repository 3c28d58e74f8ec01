// What is said of a listing: by who uses it, by its seller, and by the platform.

import { ask, post, query } from './api.js';
import { action, element, field, form, pages, select } from './dom.js';
import { count } from './format.js';
import { listingFields, listingWords } from './offer.js';

export const objections = ['harmful', 'misleading', 'infringing', 'unlawful', 'broken', 'spam', 'other'];

const prose = (id, pointer) => element('input', { id, maxlength: 500, 'data-pointer': pointer });
const reason = (id) => element('input', { id, required: true, maxlength: 500, 'data-pointer': '/reason' });
const label = (id) => element('input', { id, maxlength: 64, placeholder: '1.0.0', 'data-pointer': '/label' });

/// Who made contracts of it rates it; everybody reports it.
export function opinion({ path, again }) {
  const done = (said) => {
    again();
    return said;
  };
  return [
    element('h2', {}, 'Rate it'),
    form([field('Stars', select('stars', ['5', '4', '3', '2', '1'])), field('In words', prose('rating', '/text'))], 'Rate', async ({ stars, rating }) => {
      await ask(`${path}/rating`, { method: 'PUT', body: { stars: Number(stars), text: rating } });
      return done('Rated.');
    }),
    element('p', { class: 'actions' }, action('Take the rating back', async () => {
      await ask(`${path}/rating`, { method: 'DELETE' });
      return done('Taken back.');
    })),
    element('h2', {}, 'Report it to the platform'),
    form([field('It is', select('objection', objections)), field('Because', prose('report', '/text'))], 'Report', async ({ objection, report }) => {
      await post(`${path}/reports`, { objection, text: report });
      return 'It is on the platform’s list.';
    }),
  ];
}

export async function seller({ path, signal, again }, one) {
  const usage = await pages('Use', [
    { title: 'Day', cell: (row) => row.day }, { title: 'Version', cell: (row) => row.label },
    { title: 'Contracts', isNumber: true, cell: (row) => count(row.contracts) }, { title: 'Closed', isNumber: true, cell: (row) => count(row.closed) },
  ], (cursor) => ask(query(`${path}/usage`, { cursor, limit: 50 }), { signal }), 'Nobody has used it yet.');
  const put = async (what, body) => {
    await ask(`${path}${what}`, { method: 'PUT', body });
    again();
    return 'Changed.';
  };
  const deprecation = one.deprecation
    ? element('p', { class: 'actions' }, action('It is looked after again', () => put('/deprecation', { deprecated: false })))
    : form([field('Why', prose('deprecation', '/message')), field('Listing to take instead', element('input', { id: 'successor', 'data-pointer': '/successor', placeholder: '7~template~retail~shop' }))],
      'Look after it no longer', (values) => put('/deprecation', { deprecated: true, message: values.deprecation, ...(values.successor && { successor: values.successor }) }));
  return [
    element('h2', {}, 'Use by day'), ...usage,
    element('h2', {}, 'What it says of itself'), form(listingFields(one), 'Say that', (values) => put('', listingWords(values))),
    element('h2', {}, 'Looking after it'), deprecation,
  ];
}

/// For the platform: one person proposes a takedown, another one confirms it.
export function platform({ path, again }, one) {
  const step = async (body, said) => {
    await post(`${path}/takedowns`, body);
    again();
    return said;
  };
  const of = (values, id) => (values[id] ? { label: values[id] } : {});
  return [
    element('h2', {}, 'Take it down'),
    element('p', { class: 'quiet' }, 'One person proposes, another one confirms. Without a version it is the whole listing.'),
    form([field('It is', select('takedown-objection', objections)), field('Because', reason('takedown-reason')), field('Version only', label('takedown-label'))],
      'Propose', (values) => step({ step: 'proposed', objection: values['takedown-objection'], reason: values['takedown-reason'], ...of(values, 'takedown-label') }, 'Proposed.')),
    form([field('Version only', label('confirm-label'))], 'Confirm what another person proposed', (values) => step({ step: 'confirmed', ...of(values, 'confirm-label') }, 'Taken down.')),
    form([field('Because', reason('back-reason')), field('Version only', label('back-label'))], 'Put back',
      (values) => step({ step: 'put_back', reason: values['back-reason'], ...of(values, 'back-label') }, 'Put back.')),
    one.takedown ? null : element('p', { class: 'quiet' }, 'It is there for others now.'),
  ].filter(Boolean);
}
