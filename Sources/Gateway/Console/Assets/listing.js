// One listing: what it is, who says so, and to install, update, rate or report it; for its seller and the platform what is theirs to do.

import { ask, query, stringify } from './api.js';
import { element, facts, heading, id, pages } from './dom.js';
import { count, instant } from './format.js';
import { installation } from './install.js';
import { listingPath, listingPlace, parts, publisher, stars } from './market.js';
import { opinion, platform, seller } from './opinions.js';
import { isPlatform, whyNotChange } from './rights.js';

export async function listing({ tenant, id: name, signal, again }) {
  const path = listingPath(tenant, name);
  const one = await ask(path, { signal });
  const content = one.takedown ? {} : await ask(`${path}/content`, { signal });
  const at = { tenant, path, signal, again };
  const isOurs = one.seller === tenant;
  const mayChange = !whyNotChange(tenant);
  // The platform looks after the market; it buys nothing.
  const isBuyer = mayChange && !isOurs && tenant !== '0';
  const releases = await pages('Releases', [
    { title: 'Version', cell: (release) => release.label },
    { title: 'Publisher', cell: publisher },
    { title: 'When', cell: (release) => instant(release.time) },
    { title: 'Id', cell: (release) => id(release.version) },
    { title: 'Taken down', cell: (release) => (release.takedown ? element('span', { class: 'bad' }, `${release.takedown.objection}: ${release.takedown.reason}`) : '') },
  ], (cursor) => ask(query(`${path}/releases`, { cursor, limit: 50 }), { signal }));
  const ratings = await pages('Ratings', [
    { title: 'Stars', isNumber: true, cell: (rating) => String(rating.stars) },
    { title: 'Text', cell: (rating) => rating.text },
    { title: 'When', cell: (rating) => instant(rating.time) },
  ], (cursor) => ask(query(`${path}/ratings`, { cursor, limit: 50 }), { signal }), 'Nobody has rated it.');
  return [
    heading(one.title), parts(tenant), one.summary ? element('p', {}, one.summary) : null,
    ...warnings(one, tenant),
    facts([
      ['Publisher', publisher(one.newest)], ['Key', id(one.newest.public_key)], ['Version', one.newest.label], ['Kind', one.kind],
      ['Facets', one.facets.map((facet) => `${facet.name}: ${facet.value}`).join(', ')], ['Seller', `tenant ${one.seller}`],
      ['Installed and in use', count(one.installs)], ['Tenants who used it', count(one.users)], ['Contracts', count(one.contracts)],
      ['Closed', count(one.closed)], ['Rated', stars(one)], ['Only for tenants', one.audience?.join(', ')],
    ]),
    ...(isBuyer ? await installation(at, one) : []),
    ...(one.takedown ? [] : [element('h2', {}, 'What it says'), ...summary(content)]),
    element('h2', {}, 'Releases'), ...releases,
    element('h2', {}, 'Ratings'), ...ratings,
    ...(isBuyer ? opinion(at) : []),
    ...(isOurs && mayChange ? await seller(at, one) : []),
    ...(tenant === '0' && isPlatform() ? platform(at, one) : []),
  ].filter(Boolean);
}

function warnings({ takedown, deprecation }, tenant) {
  return [
    takedown && element('p', { class: 'problem' }, `Taken down as ${takedown.objection}: ${takedown.reason}, `, instant(takedown.time)),
    deprecation && element('p', { class: 'problem' }, `No longer looked after: ${deprecation.message} `,
      deprecation.successor ? element('a', { href: listingPlace(tenant, deprecation.successor) }, `instead: ${deprecation.successor}`) : ''),
  ].filter(Boolean);
}

/// A template in a few words, and the whole of what it is.
function summary(content) {
  const { template, messages = {} } = content;
  const texts = messages.en?.texts ?? {};
  return [
    template ? facts([
      ['Milestones', template.milestones?.map((one) => texts[`milestones.${one.id}`] ?? one.id).join(' · ')],
      ['Form', Object.keys(template.parameters ?? {}).map((name) => texts[`parameters.${name}`] ?? name).join(' · ')],
      ['Languages', Object.keys(messages).join(', ')],
    ], 'plain') : null,
    element('details', {}, element('summary', {}, 'All of it, in canonical form'),
      element('pre', { class: 'text', tabindex: 0, role: 'region', 'aria-label': 'Text' }, stringify(content, 2))),
  ];
}
