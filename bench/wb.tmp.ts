import { prepareDatabase } from './database.ts';
import { measureWriting } from './writing.ts';
const t=Date.now();
const url = await prepareDatabase('postgresql://postgres@127.0.0.1:5432/postgres', 100000);
console.log('prepared', (Date.now()-t)/1000);
console.log(await measureWriting(url, 3, 2));
