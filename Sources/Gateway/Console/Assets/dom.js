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

export const heading = (...children) => element('h1', { tabindex: -1 }, children);

/// An id, whole: one press selects all of it.
export const id = (text) => (text ? element('code', { class: 'id' }, text) : null);

/// A long id where there is little room.
export const short = (text) => (text ? element('code', { title: text }, text.slice(0, 12)) : null);

/// A control with its label, and what else is to be known of it.
export function field(label, control, hint) {
  const about = hint ? element('small', { id: `${control.id}-hint` }, hint) : null;
  if (about) control.setAttribute('aria-describedby', about.id);
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control, about);
}

/// A field for a decimal number of a person or tenant.
export const number = (id, attributes = {}) =>
  element('input', { id, inputmode: 'numeric', pattern: '[0-9]{1,10}', size: 8, autocomplete: 'off', ...attributes });

/// A choice of words, or of pairs of a value and its text.
export function select(id, values, chosen = '', attributes = {}) {
  return element('select', { id, ...attributes }, values.map((one) => {
    const [value, text] = Array.isArray(one) ? one : [one, one];
    return element('option', { value, selected: value === chosen }, text);
  }));
}

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

/// What went wrong, as the gateway's problem document says it; others have a number as code, or none. Places that are fields of the page are
/// named by their labels, and lead there.
export function problem(error) {
  const places = (error.errors ?? []).map((one) => element('li', {}, fieldLink(one) ?? `${one.pointer}: `, one.detail));
  return element('div', { class: 'problem', role: 'alert' },
    element('p', {}, element('strong', {}, typeof error.code === 'string' ? error.code.replaceAll('_', ' ') : 'It failed')),
    element('p', {}, error.message), places.length ? element('ul', {}, places) : null);
}

/// The field that a fault is about: its `data-pointer` says of what it is. What is missing is told of the object around it.
function fieldLink({ pointer, detail }) {
  const missing = detail.match(/^'([^']+)' /)?.[1];
  const control = [missing && `${pointer}/${missing}`, pointer].filter(Boolean)
    .map((path) => document.querySelector(`[data-pointer="${CSS.escape(path)}"]`)).find(Boolean);
  if (!control) return null;
  control.setAttribute('aria-invalid', 'true');
  const label = control.labels?.[0]?.textContent ?? pointer;
  return element('button', { type: 'button', class: 'link', onclick: () => control.focus() }, `${label}: `);
}

/// Does something slow once at a time, and tells what came of it. What is at work for long says so.
async function attempt(button, outcome, act) {
  // One that is disabled would lose the focus.
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  outcome.replaceChildren();
  for (const one of document.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid');
  const patience = setTimeout(() => say('Still at work…'), 2000);
  try {
    say((await act()) || '');
  } catch (error) {
    say('');
    outcome.replaceChildren(problem(error));
  } finally {
    clearTimeout(patience);
    button.ariaDisabled = null;
  }
}

/// A button for something slow, with what came of it beside it.
export function action(text, act, attributes = {}) {
  const outcome = element('span', {});
  const button = element('button', { type: 'button', ...attributes, onclick: () => attempt(button, outcome, act) }, text);
  return element('span', {}, button, outcome);
}

/// Fields with a button behind them; `act` gets the fields' values by id.
export function form(fields, text, act, attributes = {}) {
  const outcome = element('div');
  const button = element('button', {}, text);
  const node = element('form', {
    class: 'line', ...attributes,
    onsubmit: (event) => {
      event.preventDefault();
      const values = Object.fromEntries([...node.elements].filter((one) => one.id)
        .map((one) => [one.id, one.type === 'checkbox' ? one.checked : one.value.trim()]));
      attempt(button, outcome, () => act(values));
    },
  }, fields, button);
  return element('div', {}, node, outcome);
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
