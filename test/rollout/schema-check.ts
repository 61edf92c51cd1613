/** The part of JSON Schema that the plan's schema uses; anything else in a schema is an error. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const KNOWN = new Set(
  'type const enum properties additionalProperties required oneOf items minItems maxItems uniqueItems minLength maxLength pattern minimum maximum title description default $schema'.split(
    ' ',
  ),
);

/** Whether a value is valid by a schema. */
export function isValid(schema: Schema, value: unknown): boolean {
  for (const key of Object.keys(schema)) if (!KNOWN.has(key)) throw new Error(`unknown keyword ${key}`);
  if (schema.const !== undefined && value !== schema.const) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (schema.oneOf !== undefined && schema.oneOf.filter((one) => isValid(one, value)).length !== 1)
    return false;
  if (Array.isArray(value)) return isValidArray(schema, value);
  if (typeof value === 'object' && value !== null) return isValidObject(schema, value);
  if (typeof value === 'string') return isValidText(schema, value);
  if (typeof value === 'number') return isValidNumber(schema, value);
  return schema.type === undefined;
}

function isValidArray(schema: Schema, value: readonly unknown[]): boolean {
  return (
    (schema.type ?? 'array') === 'array' &&
    value.length >= (schema.minItems ?? 0) &&
    value.length <= (schema.maxItems ?? Infinity) &&
    (schema.uniqueItems !== true || new Set(value).size === value.length) &&
    value.every((item) => schema.items === undefined || isValid(schema.items, item))
  );
}

function isValidObject(schema: Schema, value: object): boolean {
  if ((schema.type ?? 'object') !== 'object') return false;
  if (schema.required?.some((key) => !(key in value)) === true) return false;
  return Object.entries(value).every(([key, inner]) => {
    const property = schema.properties?.[key];
    return property === undefined ? schema.additionalProperties !== false : isValid(property, inner);
  });
}

function isValidText(schema: Schema, value: string): boolean {
  return (
    (schema.type ?? 'string') === 'string' &&
    value.length >= (schema.minLength ?? 0) &&
    value.length <= (schema.maxLength ?? Infinity) &&
    (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
  );
}

function isValidNumber(schema: Schema, value: number): boolean {
  const type = schema.type ?? 'number';
  return (
    (type === 'number' || (type === 'integer' && Number.isInteger(value))) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity)
  );
}
