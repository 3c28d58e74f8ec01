// Sums, numbers and instants as people read them. Sums are exact: they stay whole numbers all the way.

import { element } from './dom.js';

/// Paise as rupees with Indian grouping: 123456789 is ₹12,34,567.89.
export function rupees(paise) {
  const sum = BigInt(paise);
  const size = sum < 0n ? -sum : sum;
  const digits = (size / 100n).toString();
  const grouped = digits.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ',');
  return `${sum < 0n ? '−' : ''}₹${grouped}${grouped && ','}${digits.slice(-3)}.${(size % 100n).toString().padStart(2, '0')}`;
}

/// Rupees as people write them, as paise: 8,00,000 or 800000.50. What is no sum is left to the gateway to refuse.
export function paise(text) {
  const found = text.replaceAll(/[₹,\s]/g, '').match(/^(\d{1,13})(?:\.(\d{1,2}))?$/);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : text;
}

/// Hundredths of a per cent: 250 is 2.5 %.
export const percent = (points) => `${points / 100} %`;

/// Paise as a field has them.
export const sum = (paise) => rupees(paise).replace('₹', '');

/// Languages of texts, in their own words.
export const languages = [
  ['en', 'English'], ['hi', 'हिन्दी'], ['bn', 'বাংলা'], ['ta', 'தமிழ்'], ['te', 'తెలుగు'], ['mr', 'मराठी'], ['gu', 'ગુજરાતી'],
  ['kn', 'ಕನ್ನಡ'], ['ml', 'മലയാളം'], ['pa', 'ਪੰਜਾਬੀ'], ['or', 'ଓଡ଼ିଆ'],
];

const whole = new Intl.NumberFormat('en-IN');
export const count = (number) => whole.format(number);

/// A rate a second.
export const rate = (number) => (number < 10 ? number.toFixed(1) : count(Math.round(number)));

export function microseconds(time) {
  if (time < 1000) return `${time} µs`;
  return time < 1e6 ? `${(time / 1000).toFixed(1)} ms` : `${(time / 1e6).toFixed(1)} s`;
}

const clock = new Intl.DateTimeFormat('en-IN', { dateStyle: 'medium', timeStyle: 'medium' });

/// An instant in the reader's own zone; what was said exactly is its `datetime`.
export function instant(text) {
  return text ? element('time', { datetime: text, title: text }, clock.format(new Date(text))) : null;
}

/// A civil day.
export const day = (text) => (text ? element('time', { datetime: text }, days.format(new Date(`${text}T00:00:00Z`))) : null);
const days = new Intl.DateTimeFormat('en-IN', { dateStyle: 'medium', timeZone: 'UTC' });

/// A state with a colour; the word says it as well.
export function state(word) {
  const bad = ['DISPUTED', 'EXPIRED', 'disabled', 'error'];
  const good = ['COMPLETED', 'PAID', 'CLOSED', 'active'];
  const warn = ['SUSPENDED', 'CHANGES_REQUESTED', 'failing', 'warning'];
  const kind = bad.includes(word) ? 'bad' : good.includes(word) ? 'good' : warn.includes(word) ? 'warn' : null;
  return element('span', { class: kind }, words(word));
}

/// FUNDS_RELEASED, funds_released and fundsReleased as "funds released".
export const words = (name) => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().replaceAll('_', ' ');

/// The middle of a type of event: in.milepost.milestone.funded.v1.
export const kind = (type) => type.replace(/^in\.milepost\./, '').replace(/\.v\d+$/, '').replaceAll(/[._]/g, ' ');
