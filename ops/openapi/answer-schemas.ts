import { createGenerator } from 'ts-json-schema-generator';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schemas of types that the admin API exports, and of all that they are made of, with their comments as
 * descriptions: the code says it once.
 */
export function answerSchemas(types: readonly string[]): Readonly<Record<string, Schema>> {
  const generator = createGenerator({
    path: 'src/nest/admin/*.ts',
    tsconfig: 'tsconfig.json',
    type: '*',
    skipTypeCheck: true,
    expose: 'export',
    jsDoc: 'extended',
    additionalProperties: true,
  });
  const schemas: Record<string, Schema> = {};
  for (const type of types) Object.assign(schemas, generator.createSchema(type).definitions);
  // Names of generic types hold characters that a reference may not.
  const text = JSON.stringify(schemas).replaceAll('#/definitions/', '#/components/schemas/');
  return sorted(JSON.parse(text) as Record<string, Schema>);
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
