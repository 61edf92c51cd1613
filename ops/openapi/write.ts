// Writes the description of the admin API from the code; a part of npm run ops:write.
import { writeFile } from 'node:fs/promises';
import { openApiText } from './openapi-document.js';

await writeFile(new URL('../../src/nest/admin/openapi.json', import.meta.url), await openApiText());
console.log('Wrote src/nest/admin/openapi.json.');
