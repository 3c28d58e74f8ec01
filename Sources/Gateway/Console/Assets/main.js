// From the address to a view. Sign in comes first where the server has keys.

import { audit, keys } from './access.js';
import { ask, ownKey, signOut } from './api.js';
import { contract } from './contract.js';
import { contracts, disputes } from './contracts.js';
import { element, problem, say } from './dom.js';
import { overview } from './overview.js';
import { signInPage } from './signin.js';
import { template } from './template.js';
import { templates } from './templates.js';
import { webhook } from './webhook.js';
import { webhooks } from './webhooks.js';

/// Paths behind `#/`, and the section that each belongs to.
const views = [
  [/^$/, 'Overview', overview],
  [/^tenants\/(?<tenant>\d+)\/contracts$/, 'Contracts', contracts],
  [/^tenants\/(?<tenant>\d+)\/contracts\/(?<id>[\w-]+)$/, 'Contracts', contract],
  [/^tenants\/(?<tenant>\d+)\/disputes$/, 'Disputes', disputes],
  [/^tenants\/(?<tenant>\d+)\/templates$/, 'Templates', templates],
  [/^tenants\/(?<tenant>\d+)\/templates\/(?<industry>[a-z]+)\/(?<name>[a-z][a-z0-9-]*)$/, 'Templates', template],
  [/^tenants\/(?<tenant>\d+)\/webhooks$/, 'Webhooks', webhooks],
  [/^tenants\/(?<tenant>\d+)\/webhooks\/(?<id>[\w-]+)$/, 'Webhooks', webhook],
  [/^keys$/, 'Keys', keys],
  [/^audit$/, 'Audit', audit],
];
const ofTenant = ['Contracts', 'Disputes', 'Templates', 'Webhooks'];
const ofAdministrators = ['Keys', 'Audit'];
const sections = [
  ['Overview', () => '#/'],
  ...ofTenant.map((name) => [name, () => `#/tenants/${tenant}/${name.toLowerCase()}`]),
  ['Keys', () => '#/keys'],
  ['Audit', () => '#/audit'],
];

const [place, navigation, picker, number, out] = ['place', 'sections', 'tenant', 'tenant-number', 'sign-out']
  .map((id) => document.getElementById(id));
let tenant = '1';
let section = 'Overview';
/// Ends what the view before still does.
let leaving = new AbortController();

async function show() {
  leaving.abort();
  const { signal } = (leaving = new AbortController());
  const [path, text] = location.hash.replace(/^#\/?/, '').split('?');
  const found = views.map(([pattern, name, view]) => ({ match: path.match(pattern), name, view })).find((one) => one.match);
  tenant = found?.match.groups?.tenant ?? tenant;
  section = found?.name;
  say('');
  frame(true);
  place.setAttribute('aria-busy', 'true');
  let content;
  try {
    if (!found) throw new Error('There is no such page.');
    content = await found.view({ ...found.match.groups, parameters: new URLSearchParams(text), signal, again: show });
  } catch (error) {
    content = [element('h1', { tabindex: -1 }, section ?? 'Not found'), problem(error)];
  }
  // Else somebody went on meanwhile, or has to sign in.
  if (!signal.aborted) fill(content);
}

function fill(content) {
  place.removeAttribute('aria-busy');
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
  navigation.replaceChildren(...sections.filter(([name]) => !ofAdministrators.includes(name) || key?.roles.includes('admin')).map(([name, link]) =>
    element('a', { href: link(), 'aria-current': name === section ? 'page' : null }, name)));
}

function askToSignIn() {
  leaving.abort();
  frame(false);
  fill(signInPage(() => {
    [tenant = tenant] = ownKey().tenants ?? [];
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
addEventListener('hashchange', show);

// A server without keys asks nobody who he is.
try {
  await ask('/v1/status');
  show();
} catch (error) {
  if (error.status !== 401) fill([element('h1', { tabindex: -1 }, 'Milepost'), problem(error)]);
}
