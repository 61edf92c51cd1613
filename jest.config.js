/** Tests mirror src/; NestJS 12 is ESM only, so jest runs in its ESM mode and swc only strips types. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // The samples of the documentation import as a host does.
    '^nestjs-crossfade$': '<rootDir>/src/index.ts',
    '^nestjs-crossfade/(admin|tools)$': '<rootDir>/src/$1.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testTimeout: 30_000,
  // Most tests wait for real servers: more workers than cores take up the time.
  maxWorkers: 3,
};
