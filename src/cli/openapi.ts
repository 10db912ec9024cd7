// npm run openapi: writes openapi/openapi.json from the routes and the first data set.
import { writeFileSync } from 'node:fs';
import { OPENAPI } from '../files.js';
import { makeDocument } from '../openapi/make.js';

writeFileSync(OPENAPI, await makeDocument());
console.log('Wrote openapi/openapi.json.');
