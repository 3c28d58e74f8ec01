// What the key that signed in may do. The gateway decides again, and may say no for reasons that are not seen here.

import { ownKey } from './api.js';

const changing = ['platform', 'operator', 'admin'];

/// Why the key may not change documents of a tenant; null when it may. Without keys everybody may.
export function whyNotChange(tenant) {
  const key = ownKey();
  if (!key) return null;
  if (key.tenants && (!key.tenants.includes(tenant) || tenant === '0')) return 'the key is not for this tenant';
  if (key.step_up?.commands) return 'it takes a sign-in with a code';
  return key.roles.some((role) => changing.includes(role)) ? null : 'the key has none of the roles that change documents';
}

/// Whether the key sees what is the platform's.
export const isPlatform = () => whyNotChange('0') === null;

/// Who the key is in the history of a document.
export function ownName() {
  const key = ownKey();
  if (!key) return 'program:anybody';
  return key.person ? `person:${key.person}` : `program:key ${key.key}`;
}

/// `person:2` and `program:key 4` as people say it.
export const actor = (text) => (text === ownName() ? `${text.replace(':', ' ')} (you)` : text?.replace(':', ' '));

/// The steps that a version can take from where it is: what each is, and why the caller may not, if so.
///
/// Where money can change, a person approves who is neither the author nor the one who had it checked.
export function nextSteps(version, { tenant }) {
  const { steps } = version;
  const state = steps.at(-1)?.state;
  const next = {
    draft: ['checked', 'retired'], checked: ['approved', 'retired'], approved: ['active', 'scheduled', 'retired'],
    scheduled: ['active', 'retired'], active: ['retired'],
  }[state] ?? [];
  return next.map((to) => ({ to, why: whyNotChange(tenant) ?? (to === 'approved' && version.moves_money ? whyNotApprove(version) : null) }));
}

function whyNotApprove({ author, steps }) {
  const own = ownName();
  if (!own.startsWith('person:')) return 'money can change by it: a key that acts for a person approves it';
  if (own === author) return 'money can change by it: somebody else than its author approves it';
  const checker = steps.find((step) => step.state === 'checked')?.actor;
  return own === checker ? 'money can change by it: somebody else than who had it checked approves it' : null;
}
