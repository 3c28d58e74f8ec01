// What a tenant says of a listing of its own.

import { element, field } from './dom.js';

/// - Parameter listing: what is said so far.
export function listingFields({ title = '', summary = '', facets = [], audience } = {}) {
  return [
    field('Title', element('input', { id: 'title', required: true, maxlength: 100, value: title, 'data-pointer': '/title' })),
    field('Summary', element('textarea', { id: 'summary', rows: 2, maxlength: 500, 'data-pointer': '/summary' }, summary)),
    field('Facets', element('input', { id: 'facets', 'data-pointer': '/facets', value: facets.map((one) => `${one.name}:${one.value}`).join(', ') }),
      'as industry:retail, size:small'),
    field('Only for tenants', element('input', { id: 'audience', 'data-pointer': '/audience', value: audience?.join(', ') ?? '', pattern: '[0-9, ]*' }),
      'numbers; empty for everyone'),
  ];
}

export function listingWords({ title, summary, facets, audience }) {
  const parts = (text) => text.split(',').map((part) => part.trim()).filter(Boolean);
  const [pairs, tenants] = [parts(facets), parts(audience)];
  return {
    title, summary,
    facets: pairs.map((pair) => {
      const [name, ...rest] = pair.split(':');
      return { name, value: rest.join(':') };
    }),
    ...(tenants.length && { audience: tenants }),
  };
}
