// Checks a value against a JSON Schema, as much of it as tools need: `type`, `properties`, `required`, `additionalProperties`, `items`,
// `enum`, `const`, `minimum`, `maximum`, `minLength`, `maxLength`, `minItems`, `maxItems`. Other keywords are not looked at.

/** @param {any} value */
const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** @param {any} value @param {string} type */
const isOf = (value, type) => (type == 'integer' ? Number.isInteger(value) : typeOf(value) == type);

/** Two JSON values are equal whatever the order of their fields. @param {any} one @param {any} other @returns {boolean} */
const equals = (one, other) => {
  if (one === other) return true;
  if (typeOf(one) != typeOf(other) || typeof one != 'object') return false;
  const names = Object.keys(one);
  return names.length == Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && equals(one[name], other[name]));
};

/** A limit's keyword, what it measures in a value that it applies to, and whether it is the least. */
const LIMITS = /** @type {const} */ ([
  ['minimum', 'number', (/** @type {any} */ value) => value, true],
  ['maximum', 'number', (/** @type {any} */ value) => value, false],
  // Characters, not UTF-16 units.
  ['minLength', 'string', (/** @type {any} */ value) => [...value].length, true],
  ['maxLength', 'string', (/** @type {any} */ value) => [...value].length, false],
  ['minItems', 'array', (/** @type {any} */ value) => value.length, true],
  ['maxItems', 'array', (/** @type {any} */ value) => value.length, false],
]);

/**
 * Returns what is wrong with a value, in words for the model, or nothing.
 *
 * @param {any} value
 * @param {any} schema
 * @param {string} path what to call the value
 * @returns {string | undefined}
 */
export const faultIn = (value, schema, path) => {
  if (schema === false) return `${path} is not allowed`;
  if (!schema || typeof schema != 'object') return undefined;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length && !types.some((type) => isOf(value, type))) return `${path} is ${typeOf(value)}; expected ${types.join(' or ')}`;
  if (Array.isArray(schema.enum) && !schema.enum.some((/** @type {any} */ one) => equals(one, value)))
    return `${path} is ${JSON.stringify(value)}; expected one of ${JSON.stringify(schema.enum)}`;
  if ('const' in schema && !equals(schema.const, value)) return `${path} is ${JSON.stringify(value)}; expected ${JSON.stringify(schema.const)}`;
  for (const [keyword, type, measure, isLeast] of LIMITS) {
    const limit = schema[keyword];
    if (typeof limit != 'number' || typeOf(value) != type) continue;
    const measured = measure(value);
    if (isLeast ? measured < limit : measured > limit) return `${path}: ${keyword} is ${limit}, not ${measured}`;
  }
  if (typeOf(value) == 'object') return faultInFields(value, schema, path);
  if (typeOf(value) == 'array' && schema.items) {
    for (const [idx, item] of value.entries()) {
      const fault = faultIn(item, schema.items, `${path}[${idx}]`);
      if (fault) return fault;
    }
  }
  return undefined;
};

/** @param {Record<string, any>} value @param {any} schema @param {string} path @returns {string | undefined} */
const faultInFields = (value, schema, path) => {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) return `${path}.${name} is missing`;
  }
  for (const [name, field] of Object.entries(value)) {
    const isKnown = Object.hasOwn(schema.properties ?? {}, name);
    const fault = faultIn(field, isKnown ? schema.properties[name] : schema.additionalProperties, `${path}.${name}`);
    if (fault) return fault;
  }
  return undefined;
};
