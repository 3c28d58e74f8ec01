// From the address to a view. Sign in comes first where the server has keys.

import { audit, keys } from './access.js';
import { ask, ownKey, signOut } from './api.js';
import { contract } from './contract.js';
import { contracts, disputes, due } from './contracts.js';
import { documentPage } from './document.js';
import { documents } from './documents.js';
import { element, problem, say } from './dom.js';
import { edit } from './edit.js';
import { listing } from './listing.js';
import { log } from './log.js';
import { market } from './market.js';
import { moderation } from './moderation.js';
import { overview } from './overview.js';
import { isPlatform } from './rights.js';
import { signInPage } from './signin.js';
import { statement } from './statement.js';
import { template } from './template.js';
import { templates } from './templates.js';
import { hasUnsaved, markUnsaved, mayLeave } from './unsaved.js';
import { version } from './version.js';
import { webhook } from './webhook.js';
import { webhooks } from './webhooks.js';

/// Paths behind `#/`, and the section that each belongs to.
const views = [
  [/^$/, 'Overview', overview],
  [/^tenants\/(?<tenant>\d+)\/contracts$/, 'Contracts', contracts],
  [/^tenants\/(?<tenant>\d+)\/contracts\/(?<id>[\w-]+)$/, 'Contracts', contract],
  [/^tenants\/(?<tenant>\d+)\/contracts\/(?<id>[\w-]+)\/statement$/, 'Contracts', statement],
  [/^tenants\/(?<tenant>\d+)\/due$/, 'Due', due],
  [/^tenants\/(?<tenant>\d+)\/disputes$/, 'Disputes', disputes],
  [/^tenants\/(?<tenant>\d+)\/templates$/, 'Templates', templates],
  [/^tenants\/(?<tenant>\d+)\/templates\/(?<industry>[a-z]+)\/(?<name>[a-z][a-z0-9-]*)$/, 'Templates', template],
  [/^tenants\/(?<tenant>\d+)\/documents$/, 'Documents', documents],
  [/^tenants\/(?<tenant>\d+)\/documents\/(?<kind>[\w.-]+)\/(?<name>[\w.~-]+)$/, 'Documents', documentPage],
  [/^tenants\/(?<tenant>\d+)\/documents\/(?<kind>[\w.-]+)\/(?<name>[\w.~-]+)\/edit$/, 'Documents', edit],
  [/^tenants\/(?<tenant>\d+)\/documents\/(?<kind>[\w.-]+)\/(?<name>[\w.~-]+)\/versions\/(?<id>[0-9a-f]{64})$/, 'Documents', version],
  [/^tenants\/(?<tenant>\d+)\/market(?:\/(?<part>installed|ours|notices))?$/, 'Market', market],
  [/^tenants\/(?<tenant>\d+)\/market\/moderation$/, 'Market', moderation],
  [/^tenants\/(?<tenant>\d+)\/market\/listings\/(?<id>\d+~[\w.~-]+)$/, 'Market', listing],
  [/^tenants\/(?<tenant>\d+)\/webhooks$/, 'Webhooks', webhooks],
  [/^tenants\/(?<tenant>\d+)\/webhooks\/(?<id>[\w-]+)$/, 'Webhooks', webhook],
  [/^keys$/, 'Keys', keys],
  [/^audit$/, 'Audit', audit],
  [/^log$/, 'Log', log],
];
const ofTenant = ['Contracts', 'Due', 'Disputes', 'Templates', 'Documents', 'Market', 'Webhooks'];
const ofAdministrators = ['Keys', 'Audit'];
const sections = [
  ['Overview', () => '#/'],
  ...ofTenant.map((name) => [name, () => `#/tenants/${tenant}/${name.toLowerCase()}`]),
  ['Keys', () => '#/keys'],
  ['Audit', () => '#/audit'],
  ['Log', () => '#/log'],
];

const [place, navigation, picker, number, out] = ['place', 'sections', 'tenant', 'tenant-number', 'sign-out']
  .map((id) => document.getElementById(id));
let tenant = '1';
let section = 'Overview';
/// The address of what is shown.
let shown = location.hash;
const loading = 'Still loading…';
/// The key that signed in last.
let lastKey = null;
/// What somebody was writing when the token ended: it is there again when the same key signs in.
let writing = null;
/// Ends what the view before still does.
let leaving = new AbortController();

async function show() {
  leaving.abort();
  const { signal } = (leaving = new AbortController());
  shown = location.hash;
  const [path, text] = location.hash.replace(/^#\/?/, '').split('?');
  const found = views.map(([pattern, name, view]) => ({ match: path.match(pattern), name, view })).find((one) => one.match);
  tenant = found?.match.groups?.tenant ?? tenant;
  section = found?.name;
  say('');
  frame(true);
  place.setAttribute('aria-busy', 'true');
  const patience = setTimeout(() => say(loading), 2000);
  let content;
  try {
    if (!found) throw new Error('There is no such page.');
    content = await found.view({ ...found.match.groups, parameters: new URLSearchParams(text), signal, again });
  } catch (error) {
    content = [element('h1', { tabindex: -1 }, section ?? 'Not found'), problem(error)];
    if (found) content.push(element('p', {}, element('button', { type: 'button', onclick: show }, 'Try again')));
  }
  clearTimeout(patience);
  // Else somebody went on meanwhile, or has to sign in.
  if (!signal.aborted) fill(content);
}

/// Shows the view anew where its reader is: what had the focus has it again, if it is still there.
async function again() {
  const [focused, top] = [document.activeElement, scrollY];
  const name = (one) => one.id || (one.getAttribute('aria-label') ?? one.textContent);
  await show();
  const same = [...place.querySelectorAll(focused.tagName)].find((one) => name(one) === name(focused));
  (same ?? place.querySelector('h1')).focus({ preventScroll: true });
  scrollTo(0, top);
}

function fill(content) {
  place.removeAttribute('aria-busy');
  if (document.getElementById('said').textContent === loading) say('');
  place.replaceChildren(...content);
  document.title = `${content[0].textContent} – Milepost`;
  content[0].focus();
}

/// What is around the view.
function frame(isIn) {
  for (const part of [navigation, picker]) part.hidden = !isIn;
  const key = ownKey();
  out.hidden = !key;
  if (key) out.textContent = `Sign out ${key.name}`;
  number.value = tenant;
  navigation.replaceChildren(...sections.filter(([name]) => isFor(name, key)).map(([name, link]) =>
    element('a', { href: link(), 'aria-current': name === section ? 'page' : null }, name)));
}

/// Whether the key that signed in sees a section.
function isFor(name, key) {
  if (ofAdministrators.includes(name)) return key?.roles.includes('admin');
  return name !== 'Log' || isPlatform();
}

function askToSignIn() {
  writing ??= hasUnsaved() ? { content: [...place.children], key: lastKey } : null;
  if (!writing) leaving.abort();
  frame(false);
  fill(signInPage(() => {
    const { key, tenants } = ownKey();
    const kept = writing?.key === key ? writing.content : null;
    [lastKey, writing] = [key, null];
    if (kept) {
      frame(true);
      fill(kept);
      return;
    }
    markUnsaved(false);
    [tenant = tenant] = tenants ?? [];
    show();
  }));
}

picker.addEventListener('submit', (event) => {
  event.preventDefault();
  tenant = number.value;
  const within = ofTenant.includes(section) ? section.toLowerCase() : 'contracts';
  location.hash = `#/tenants/${tenant}/${within}`;
});
out.addEventListener('click', async () => {
  if (!mayLeave()) return;
  try {
    await signOut();
    say('Signed out.');
  } catch (error) {
    say(`Signed out here, but the token may be good for some minutes: ${error.message}`);
  }
  askToSignIn();
});
document.querySelector('.skip').addEventListener('click', (event) => {
  // Its address is no view's.
  event.preventDefault();
  place.focus();
});
addEventListener('signed-out', askToSignIn);
addEventListener('hashchange', () => {
  if (mayLeave()) show();
  else history.replaceState(null, '', shown || '#/');
});

// A server without keys asks nobody who he is.
try {
  await ask('/v1/status');
  show();
} catch (error) {
  if (error.status !== 401) fill([element('h1', { tabindex: -1 }, 'Milepost'), problem(error)]);
}
