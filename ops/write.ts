// Writes dashboards and references from the code: npm run ops:write
import { mkdir, writeFile } from 'node:fs/promises';
import { writtenFiles } from './written-files.js';

for (const { path, text } of await writtenFiles()) {
  const url = new URL(`../${path}`, import.meta.url);
  await mkdir(new URL('.', url), { recursive: true });
  await writeFile(url, text);
  console.log(`Wrote ${path}.`);
}
