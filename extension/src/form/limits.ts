import type { JsonSchema } from './json_schema';
import type { Problem, ProblemCode } from './problem';
import type { Shape } from './shape';

type Limit = Omit<Problem, 'path'>;

/**
 * Limits that a value of the right kind misses. Patterns are left to the server: what one means depends on the
 * language.
 */
export function limitProblems(schema: JsonSchema, shape: Shape, value: unknown): Limit[] {
  if (typeof value === 'number') return numberLimits(schema, shape, value);
  if (typeof value === 'string') return textLimits(schema, value);
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
    if (value.length < minItems) return [limit('minItems', minItems)];
    return value.length > maxItems ? [limit('maxItems', maxItems)] : [];
  }
  return [];
}

function numberLimits(schema: JsonSchema, shape: Shape, value: number): Limit[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const found: Limit[] = [];
  if (shape.kind === 'number' && shape.whole && !Number.isInteger(value)) found.push(limit('whole'));
  if (minimum !== undefined && value < minimum) found.push(limit('minimum', minimum));
  if (maximum !== undefined && value > maximum) found.push(limit('maximum', maximum));
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    found.push(limit('exclusiveMinimum', exclusiveMinimum));
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    found.push(limit('exclusiveMaximum', exclusiveMaximum));
  }
  if (multipleOf !== undefined && isNoMultiple(value, multipleOf))
    found.push(limit('multipleOf', multipleOf));
  return found;
}

/** Of whole numbers only: 0.3 is no exact multiple of 0.1 in any language. */
function isNoMultiple(value: number, step: number): boolean {
  return Number.isSafeInteger(value) && Number.isSafeInteger(step) && step > 0 && value % step !== 0;
}

function textLimits({ minLength = 0, maxLength, format }: JsonSchema, value: string): Limit[] {
  // Characters as Python counts them, where an emoji is one.
  const length = value.length >= minLength * 2 && maxLength === undefined ? value.length : [...value].length;
  if (length < minLength) return [limit('minLength', minLength)];
  if (maxLength !== undefined && length > maxLength) return [limit('maxLength', maxLength)];
  const code = FORMATS.find((known) => known === format);
  return code !== undefined && !isOfFormat(code, value) ? [limit(code)] : [];
}

const FORMATS = ['date', 'date-time', 'time', 'uuid'] as const;
type Format = (typeof FORMATS)[number];

const DATE = /^\d{4}-?\d{2}-?\d{2}$|^\d{4}-?W\d{2}(?:-?\d)?$/;
const TIME =
  /^T?\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?(?:Z|[+-]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d+)?)?)?)?$/i;
const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;

/** Whether one of Python's usual readers may take it: some of them take a date with a time, or seconds as well. */
function isOfFormat(format: Format, text: string): boolean {
  if (format !== 'uuid' && /^-?\d+(?:\.\d+)?$/.test(text)) return true;
  switch (format) {
    case 'time':
      return TIME.test(text);
    case 'uuid':
      return UUID.test(text);
    case 'date':
    case 'date-time': {
      const [, date = '', rest = ''] = /^([^T ]*)[T ]?(.*)$/i.exec(text) ?? [];
      return DATE.test(date) && isDay(date) && (rest === '' || TIME.test(rest));
    }
  }
}

/** A day that the calendar has; only the common way to write one is looked at. */
function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return true;
  const [year = 0, month = 0, day = 0] = parts;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function limit(code: ProblemCode, ...values: (string | number)[]): Limit {
  return { code, values: values.map(String), blocks: false };
}
