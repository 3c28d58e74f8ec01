// What tenants offer each other: to find, and what this tenant has of it, offers itself, or should know.

import { ask, query } from './api.js';
import { element, field, form, heading, pages, select } from './dom.js';
import { count, instant, words } from './format.js';
import { isPlatform } from './rights.js';

export const listingPlace = (tenant, listing) => `#/tenants/${tenant}/market/listings/${listing}`;

/// A listing's address at the gateway: `7~template~construction~villa` is document `construction~villa` of kind `template` of tenant 7.
export function listingPath(tenant, listing) {
  const [seller, kind, ...name] = listing.split('~');
  return `/v1/tenants/${tenant}/marketplace/${seller}/${kind}/${name.join('~')}`;
}

export const stars = ({ average, ratings }) =>
  (average === undefined ? '' : `${(average / 100).toFixed(1)} of 5, ${count(ratings.reduce((sum, one) => sum + one, 0))} ratings`);

export const publisher = ({ publisher: id, publisher_name: name, verified }) =>
  element('span', {}, name || id, verified ? element('strong', { class: 'good' }, ' verified') : element('span', { class: 'quiet' }, ' not verified'));

/// Links to the parts of the market.
export function parts(tenant, part) {
  const all = [['', 'Find'], ['installed', 'Installed'], ['notices', 'Notices'], ['ours', 'Offered by us'], ...(isPlatform() ? [['moderation', 'Moderation']] : [])];
  return element('nav', { 'aria-label': 'Market' }, all.map(([name, title]) =>
    element('a', { href: `#/tenants/${tenant}/market${name && `/${name}`}`, 'aria-current': name === part ? 'true' : null }, title)));
}

const columns = (tenant) => [
  { title: 'Listing', cell: (one) => [
    element('a', { href: listingPlace(tenant, one.listing) }, one.title), element('p', { class: 'summary' }, one.summary)] },
  { title: 'Publisher', cell: (one) => publisher(one.newest) },
  { title: 'Kind', cell: (one) => one.kind },
  { title: 'Facets', cell: (one) => one.facets.map((facet) => `${facet.name}: ${facet.value}`).join(', ') },
  { title: 'Version', cell: (one) => one.newest.label },
  { title: 'Contracts', isNumber: true, cell: (one) => count(one.contracts) },
  { title: 'Rated', cell: stars },
  { title: 'State', cell: (one) => (one.takedown ? element('strong', { class: 'bad' }, 'taken down')
    : one.deprecation ? element('span', { class: 'warn' }, 'no longer looked after') : '') },
];

const lists = { '': find, installed, notices, ours };

export async function market({ part = '', ...view }) {
  const { tenant } = view;
  const [titled, ...content] = await lists[part](view, `/v1/tenants/${tenant}/marketplace`);
  return [heading(titled), parts(tenant, part), ...content.flat()];
}

async function find({ tenant, parameters, signal }, path) {
  const chosen = (name) => parameters.get(name) ?? '';
  const filter = form([
    field('Words', element('input', { id: 'words', type: 'search', maxlength: 60, value: chosen('words') })),
    field('Facet', element('input', { id: 'facet', value: chosen('facet'), pattern: '[a-z0-9][a-z0-9._\\-]*:.{1,16}', placeholder: 'industry:retail' })),
    field('Kind', select('kind', [['', 'any'], 'template', 'workflow', 'ruleset', 'table'], chosen('kind'))),
    field('Publishers', select('verified', [['', 'all'], ['true', 'verified only']], chosen('verified'))),
  ], 'Find', (values) => { location.hash = query(`#/tenants/${tenant}/market`, values); });
  const list = await pages('Listings', columns(tenant),
    (cursor) => ask(query(path, { ...Object.fromEntries(parameters), cursor, limit: 50 }), { signal }), 'Nobody offers this.');
  return ['Market', filter, list];
}

async function installed({ tenant, signal }, path) {
  return ['Installed from the market', await pages('Installed', [
    { title: 'Listing', cell: (one) => element('a', { href: listingPlace(tenant, one.listing) }, one.listing) },
    { title: 'Version', cell: (one) => one.label },
    { title: 'Document here', cell: (one) => documentLink(tenant, one) },
    { title: 'Since', cell: (one) => instant(one.time) },
  ], (cursor) => ask(query(`${path}/installs`, { cursor, limit: 50 }), { signal }), 'Nothing is installed.')];
}

/// What an install is here.
export function documentLink(tenant, { listing, document, environment }) {
  const kind = listing.split('~')[1];
  const where = environment === 'live' ? undefined : environment;
  return element('a', { href: query(`#/tenants/${tenant}/documents/${kind}/${document}`, { environment: where }) }, document.replaceAll('~', '/'));
}

async function notices({ tenant, signal }, path) {
  return ['Notices', await pages('Notices', [
    { title: 'Listing', cell: (one) => element('a', { href: listingPlace(tenant, one.install.listing) }, one.install.listing) },
    { title: 'What', cell: (one) => words(one.event) },
    { title: 'Why', cell: (one) => (one.takedown ? `${one.takedown.objection}: ${one.takedown.reason}` : one.deprecation.message) },
    { title: 'Instead', cell: (one) => (one.deprecation?.successor ? element('a', { href: listingPlace(tenant, one.deprecation.successor) }, one.deprecation.successor) : '') },
    { title: 'When', cell: (one) => instant((one.takedown ?? one.deprecation).time) },
    { title: 'Document here', cell: (one) => documentLink(tenant, one.install) },
  ], (cursor) => ask(query(`${path}/notices`, { cursor, limit: 50 }), { signal }), 'There is nothing to know.')];
}

async function ours({ tenant, signal }, path) {
  return ['Offered by us', [
    element('p', { class: 'quiet' }, 'A version that is approved and signed is offered from its own page, under Documents.'),
    ...await pages('Listings', columns(tenant), (cursor) => ask(query(`${path}/listings`, { cursor, limit: 50 }), { signal }), 'Nothing is offered.'),
  ]];
}
