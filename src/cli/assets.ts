// `npm run assets`: builds the styles and scripts of the pages.
import { ASSETS, WEB } from '../files.js';
import { buildAssets } from '../web/build.js';

await buildAssets(WEB, ASSETS);
