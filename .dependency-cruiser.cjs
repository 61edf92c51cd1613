/** The floors: a file imports only from lower floors or its own folder. Each rule says what to do instead. */
const FLOORS = [
  ['domain'],
  ['contracts'],
  ['routing', 'comparing', 'rollout'],
  ['sources', 'flags', 'metrics', 'presence', 'resync', 'coordination'],
  ['nest'],
];

const below = (floor) => FLOORS.slice(0, floor).flat();

const floorRules = FLOORS.flatMap((folders, floor) =>
  folders.map((folder) => {
    const allowed = [...below(floor), folder];
    return {
      name: `floor-${floor}-${folder}`,
      comment:
        `src/${folder} is on floor ${floor}: it may import only from ` +
        `${allowed.join(', ')}. Siblings meet through a port in contracts/ and are wired in nest/; ` +
        `a rule that both need belongs in domain/.`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
    };
  }),
);

const PURE = '^src/(domain|contracts|routing|comparing|rollout)/';

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'service-uses-the-public-lists',
      comment:
        'The service (reference backend, simulator, command line) uses Crossfade as a stranger would: ' +
        'import from src/index.ts, src/admin.ts or src/tools.ts, and add the name to that list if it is missing.',
      severity: 'error',
      from: { path: '^src/(service/|main\\.ts)' },
      to: { path: '^src/', pathNot: '^src/(service/|index\\.ts|admin\\.ts|tools\\.ts)' },
    },
    {
      name: 'nobody-imports-the-public-lists',
      comment:
        'index.ts, admin.ts and tools.ts are the way out, not a way in: import from the file that defines the name.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(service/|main\\.ts)' },
      to: { path: '^src/(index|admin|tools)\\.ts$' },
    },
    {
      name: 'engines-are-pure',
      comment:
        'domain, contracts and the engines are plain TypeScript: no Node API, no client, no NestJS. ' +
        'Put the contact with the world behind a port in contracts/ and write an adapter on the floor above.',
      severity: 'error',
      from: { path: PURE },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'],
        pathNot: '^node_modules/(rxjs|simple-statistics)/',
      },
    },
    {
      name: 'nest-only-above',
      comment:
        '@nestjs/* appears only in nest/ and above, so that everything below runs and is tested without it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(nest|service)/|^src/(index|admin|tools|main)\\.ts$' },
      to: { path: '^node_modules/@nestjs/' },
    },
    {
      name: 'no-cycles',
      comment:
        'Two files that import each other are one room with a wall in it: move what both need down, or join them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-rooms-without-a-name',
      comment:
        'No utils/, common/, helpers/, types/ and no index.ts inside folders: name the file after what it is.',
      severity: 'error',
      from: {},
      to: {
        path: ['/(util|utils|common|helper|helpers|types)/', '^src/[^.]+/index[.]ts$'],
        pathNot: '^node_modules/',
      },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      comment: 'What src/ imports must be installed with the package: move it to dependencies, or to test/.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer', 'type-only'],
      },
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing: mend the path or install the package.',
      severity: 'error',
      from: {},
      // The console's page names the chart library by where it is served.
      to: { couldNotResolve: true, pathNot: '^\\./uplot\\.js$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
