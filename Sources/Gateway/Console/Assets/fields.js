// Fields of a form that is drawn from a template's schema, and how their values are read: what is left empty is left out.

import { element, field, select } from './dom.js';
import { paise, percent, rupees, sum } from './format.js';

/// - Returns: for each parameter, in the template's order, its `key`, its `node`, and `read`.
export function fields({ parameters, schema }) {
  return parameters.map((parameter) =>
    input(parameter, schema.properties[parameter.name], schema.required.includes(parameter.name)));
}

const units = { paise: 'rupees', bps: 'hundredths of a per cent', days: 'days' };

/// What may stand there, in a few words.
function range({ type, format, minimum, maximum, maxLength }) {
  if (type === 'string') return maxLength ? `at most ${maxLength} letters` : null;
  const said = { paise: rupees, bps: percent }[format] ?? ((number) => `${number}`);
  return minimum === undefined || maximum === undefined ? null : `${said(minimum)} to ${said(maximum)}`;
}

function input(parameter, schema, isRequired) {
  const { control, read } = make(parameter, schema, isRequired);
  const unit = units[schema.format] ? ` (${units[schema.format]})` : '';
  const hint = schema.enum || schema.type === 'boolean' || schema.format === 'date' ? null : range(schema);
  return { key: parameter.name, read, node: field(`${parameter.title}${unit}`, control, hint) };
}

function make({ name, words = [] }, schema, required) {
  const standard = schema.default;
  const attributes = { id: `field-${name}`, 'data-pointer': `/form/${name}`, required };
  if (schema.type === 'boolean') {
    const control = element('input', { ...attributes, required: false, type: 'checkbox', checked: standard === true });
    return { control, read: () => control.checked };
  }
  if (schema.enum) {
    const titles = Object.fromEntries(words.map((word) => [word.name, word.title]));
    const values = schema.enum.map((value) => [value, titles[value] ?? value]);
    const control = select(attributes.id, required ? [['', '–'], ...values] : values, standard ?? '', attributes);
    return { control, read: () => control.value || undefined };
  }
  if (schema.format === 'paise') {
    const control = element('input', {
      ...attributes, inputmode: 'decimal', placeholder: sum(schema.minimum), value: standard === undefined ? null : sum(standard),
      // As it is read, so that a slip of a nought is seen.
      onchange: () => { if (typeof paise(control.value) === 'number') control.value = sum(paise(control.value)); },
    });
    return { control, read: () => (control.value.trim() ? paise(control.value) : undefined) };
  }
  if (schema.type === 'integer') {
    const control = element('input', { ...attributes, type: 'number', min: schema.minimum, max: schema.maximum, step: 1, value: standard ?? null });
    return { control, read: () => (control.value === '' ? undefined : Number(control.value)) };
  }
  const kind = schema.format === 'date' ? { type: 'date' } : { maxlength: schema.maxLength };
  const control = element('input', { ...attributes, ...kind, value: standard ?? null });
  return { control, read: () => control.value || undefined };
}
