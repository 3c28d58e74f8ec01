// A listing and this tenant: to install it, to take in what is new of it, and to be rid of it.

import { ask, post } from './api.js';
import { decide } from './conflicts.js';
import { changeList } from './differences.js';
import { action, element, facts, field, form } from './dom.js';
import { namePattern, path as documentPath } from './documents.js';
import { instant } from './format.js';
import { documentLink } from './market.js';

export async function installation({ tenant, path, signal, again }, one) {
  const { items } = await ask(`/v1/tenants/${tenant}/marketplace/installs?limit=1000`, { signal });
  const install = items.find((known) => known.listing === one.listing);
  return install ? installed({ tenant, path, signal, again }, install) : [element('h2', {}, 'Install it'), ...begin({ path, again }, one)];
}

function begin({ path, again }, one) {
  return [
    element('p', { class: 'quiet' }, 'It becomes a document of this tenant: a draft, which is checked, and approved by a second person, before a contract is made of it.'),
    form([
      field('Name here', element('input', { id: 'document', required: true, pattern: namePattern, value: one.document.replaceAll('~', '/'), 'data-pointer': '/document' }),
        'as it is called in its text'),
      field('Version', element('input', { id: 'label', placeholder: one.newest.label, maxlength: 64, 'data-pointer': '/label' }), 'empty for the newest'),
    ], 'Install', async ({ document, label }) => {
      await post(`${path}/install`, { document: document.replaceAll('/', '~'), ...(label && { label }) });
      again();
      return 'Installed, as a draft.';
    }),
  ];
}

async function installed({ tenant, path, signal, again }, install) {
  const { newest, changes } = await ask(`${path}/news`, { signal });
  const outcome = element('div');

  /// - Parameter resolved: the whole document, where both sides changed the same.
  async function update(resolved) {
    const { state } = await ask(`${documentPath({ tenant, kind: install.listing.split('~')[1], name: install.document })}?environment=${install.environment}`);
    try {
      await post(`${path}/updates`, { message: `version ${newest.label}`, ...(resolved && { resolved }) }, { match: state.head });
    } catch (error) {
      if (!error.document?.conflicts) throw error;
      outcome.replaceChildren(...decide(error.document, update));
      outcome.querySelector('h2').focus();
      return 'Both sides changed the same: choose below.';
    }
    again();
    return `Version ${newest.label} is in the document, as a draft.`;
  }
  async function uninstall() {
    if (!confirm('Uninstall it? The document stays, and follows the listing no longer.')) return '';
    await ask(`${path}/install`, { method: 'DELETE' });
    again();
    return 'Uninstalled.';
  }
  const isNew = newest.version !== install.upstream;
  return [
    element('h2', {}, 'Installed'),
    facts([['Document here', documentLink(tenant, install)], ['Version', install.label], ['Newest', newest.label], ['Since', instant(install.time)]]),
    isNew ? changeList(changes) : null,
    element('p', { class: 'actions' }, isNew ? action(`Update to ${newest.label}`, () => update(), { class: 'main' }) : null, action('Uninstall', uninstall)),
    outcome,
  ].filter(Boolean);
}
