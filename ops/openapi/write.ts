// Writes the description of the admin API from the code; a part of npm run ops:write.
import { writeFile } from 'node:fs/promises';
import { OPENAPI_FILE, openApiText } from './openapi-document.js';

await writeFile(OPENAPI_FILE, await openApiText());
console.log('Wrote src/nest/admin/openapi.json.');
