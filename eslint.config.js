import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'docs/examples/*.ts', 'ops/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A NestJS module is a class without members: that is how the framework names a module.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // NestJS declares its options as classes and documents them as literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
      complexity: ['error', 15],
    },
  },
  {
    // A describe block is a chapter, not a function.
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' },
  },
  {
    // What runs in a browser.
    files: ['src/nest/console/page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['document', 'window', 'location', 'sessionStorage', 'matchMedia', 'getComputedStyle', 'fetch'],
          ...['addEventListener', 'setTimeout', 'clearTimeout', 'AbortController', 'TextDecoderStream'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  { files: ['**/*.{js,cjs}'], languageOptions: { globals: { module: 'readonly', process: 'readonly' } } },
);
