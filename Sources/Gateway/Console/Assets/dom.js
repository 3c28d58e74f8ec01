// Elements from texts: what comes from a record is never read as HTML.

/// An element with attributes, listeners (`onclick`) and children; strings become texts, null is left out.
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function drawing(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export const heading = (text) => element('h1', { tabindex: -1 }, text);

/// A list of names and values, those without a value left out.
export function facts(pairs, kind = 'facts') {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return element('dl', { class: `figures ${kind}` },
    known.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

/// Tells what happened, also to who does not see the page.
export function say(text) {
  document.getElementById('said').textContent = text;
}

/// What went wrong, as the gateway's problem document says it; others have a number as code, or none.
export function problem(error) {
  const places = (error.errors ?? []).map((one) => element('li', {}, `${one.pointer}: ${one.detail}`));
  return element('div', { class: 'problem', role: 'alert' },
    element('p', {}, element('strong', {}, typeof error.code === 'string' ? error.code.replaceAll('_', ' ') : 'It failed')),
    element('p', {}, error.message), places.length ? element('ul', {}, places) : null);
}

/// A button that does something slow once at a time, and tells what came of it beside it.
export function action(text, act, attributes = {}) {
  const outcome = element('span', {});
  const button = element('button', {
    type: 'button', ...attributes,
    onclick: async () => {
      button.disabled = true;
      outcome.replaceChildren();
      try {
        const said = await act();
        if (said) say(said);
      } catch (error) {
        outcome.replaceChildren(problem(error));
      } finally {
        button.disabled = false;
        // A button that was disabled lost the focus.
        if (document.activeElement === document.body) button.focus();
      }
    },
  }, text);
  return element('span', {}, button, outcome);
}

/// A table of columns `{ title, cell, isNumber }` that scrolls by itself where it is too wide.
export function table(caption, columns, items = []) {
  const body = element('tbody');
  const kind = (column) => (column.isNumber ? 'number' : null);
  const add = (more) => body.append(...more.map((item) => element('tr', {}, columns.map((column, index) =>
    element(index === 0 ? 'th' : 'td', { class: kind(column), scope: index === 0 ? 'row' : null }, column.cell(item) ?? '')))));
  add(items);
  const node = element('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': caption },
    element('table', {}, element('caption', {}, caption),
      element('thead', {}, element('tr', {}, columns.map((column) => element('th', { scope: 'col', class: kind(column) }, column.title)))),
      body));
  return { node, add, clear: () => body.replaceChildren() };
}

/// A table that is read page by page: `load` takes a cursor and gives `{ items, next }`.
export async function pages(caption, columns, load, none = 'None.') {
  const rows = table(caption, columns);
  const empty = element('p', { class: 'quiet' }, none);
  let cursor;
  let count = 0;
  async function more() {
    const page = await load(cursor);
    rows.add(page.items);
    count += page.items.length;
    cursor = page.next;
    // A page may be empty and not be the last.
    button.hidden = !cursor;
    empty.hidden = count > 0 || Boolean(cursor);
    rows.node.hidden = count === 0;
    return `${caption}: ${count}${cursor ? ', and more' : ''}`;
  }
  const button = action('More', more);
  await more();
  return [rows.node, empty, button];
}
