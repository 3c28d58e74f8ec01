// One document: its newest version, how it came to that, its tags, and what is new where it was copied from.

import { ask, post, query } from './api.js';
import { decide } from './conflicts.js';
import { changeList } from './differences.js';
import { action, element, facts, field, form, heading, id, pages, short } from './dom.js';
import { inForce, path, place, readable } from './documents.js';
import { instant, state } from './format.js';
import { lifecycle } from './lifecycle.js';
import { actor, whyNotChange } from './rights.js';

export async function documentPage(view) {
  const { tenant, kind, name, parameters, signal, again } = view;
  const environment = parameters.get('environment') ?? '';
  const at = { ...view, environment, path: path(view), place: place(view) };
  const { state: where, version: head } = await ask(query(at.path, { environment }), { signal });
  const versions = await history(at);
  const mayChange = !whyNotChange(tenant);
  const news = element('div');
  return [
    heading(`${kind} ${readable(name)}`),
    facts([
      ['Newest version', id(head.version)], ['Label', head.label], ['Why', head.message], ['By', actor(head.author)],
      ['When', instant(head.time)], ['In force', inForce(where)], ['Where', where.environment],
      ['Copied from', head.origin ? `${readable(head.origin.document)} of tenant ${head.origin.tenant}` : null],
      ['Money can change by it', head.moves_money ? 'yes' : 'no'],
    ]),
    mayChange ? element('p', { class: 'actions' },
      element('a', { class: 'button', href: query(`${at.place}/edit`, { environment }) }, 'Edit'),
      head.origin ? action('What is new where it was copied from', () => upstream(at, head, news)) : null) : null,
    news,
    element('h2', {}, 'Life cycle of the newest version'), ...lifecycle(at, head, again),
    element('h2', {}, 'Versions'), ...versions,
    element('h2', {}, 'Tags'), ...(await tags(at, head)),
    element('h2', {}, 'What it says'), text(head.source),
  ].filter(Boolean);
}

/// A text as it was written.
export const text = (source) => element('pre', { class: 'text', tabindex: 0, role: 'region', 'aria-label': 'Text' }, source);

/// Versions, newest first, of which two can be compared.
async function history({ path, place, environment, signal }) {
  const choice = (name, version, checked) => element('input', {
    type: 'radio', name, value: version.version, checked, required: true, 'aria-label': `${name} ${version.label ?? version.version.slice(0, 12)}` });
  let count = 0;
  const by = (version, name) => version.steps.find((step) => step.state === name);
  const list = await pages('Versions', [
    { title: 'Version', cell: (one) => element('a', { href: query(`${place}/versions/${one.version}`, { environment }) }, one.label ?? '', ' ', short(one.version)) },
    { title: 'State', cell: (one) => state(one.steps.at(-1)?.state ?? 'never here') },
    { title: 'When', cell: (one) => instant(one.time) },
    { title: 'Author', cell: (one) => actor(one.author) },
    { title: 'Checked by', cell: (one) => actor(by(one, 'checked')?.actor) },
    { title: 'Approved by', cell: (one) => actor(by(one, 'approved')?.actor) },
    { title: 'Why', cell: (one) => one.message },
    { title: 'Compare', cell: (one) => {
      count += 1;
      return [choice('Old', one, count === 2), choice('New', one, count === 1)];
    } },
  ], async (cursor) => {
    const page = await ask(query(`${path}/versions`, { environment, from: cursor, limit: 50 }), { signal });
    return { items: page.items, next: page.next?.join(',') };
  });
  const compare = element('form', {
    onsubmit: (event) => {
      event.preventDefault();
      const chosen = (name) => compare.elements[name].value;
      location.hash = query(`${place}/versions/${chosen('New')}`, { environment, since: chosen('Old') });
    },
  }, list, count > 1 ? element('p', { class: 'quiet' }, 'Old and new: ', element('button', {}, 'Compare')) : null);
  return [compare];
}

async function tags({ tenant, path, place, environment, signal, again }, head) {
  const { items } = await ask(`${path}/tags`, { signal });
  const list = items.length
    ? element('ul', {}, items.map((one) => element('li', {}, element('strong', {}, one.tag), ' ',
      element('a', { href: query(`${place}/versions/${one.version}`, { environment }) }, short(one.version)),
      ` by ${actor(one.actor)}, `, instant(one.time))))
    : element('p', { class: 'quiet' }, 'There are no tags.');
  if (whyNotChange(tenant)) return [list];
  const add = form([field('Tag the newest version', element('input', { id: 'tag', required: true, pattern: '[a-z0-9][a-z0-9._\\-]*', maxlength: 64 }), 'for good, as agreed-2026')],
    'Tag', async ({ tag }) => {
      await post(`${path}/tags`, { tag, version: head.version });
      again();
      return `Tagged ${tag}.`;
    });
  return [list, add];
}

/// What became of the document that this one was made of, and to take it in.
async function upstream({ path, place, environment, again }, head, into) {
  const found = await ask(query(`${path}/upstream`, { environment }));
  if (found.current === found.origin.version) {
    into.replaceChildren();
    return 'Nothing is new there.';
  }
  const match = head.version;
  async function merge() {
    try {
      await post(query(`${path}/merges`, { environment }), { version: found.current, message: 'taken over' }, { match });
    } catch (error) {
      if (!error.document?.conflicts) throw error;
      into.append(...decide(error.document, async (text) => {
        await ask(query(path, { environment, merging: found.current, message: 'taken over' }), { method: 'PUT', text, match });
        location.hash = query(place, { environment });
        again();
        return 'Taken over.';
      }));
      return 'Both sides changed the same: choose below.';
    }
    again();
    return 'Taken over.';
  }
  into.replaceChildren(
    element('h2', {}, 'New where it was copied from'), changeList(found.changes),
    element('p', { class: 'actions' }, action('Take it over', merge)));
  return 'What is new is shown.';
}
