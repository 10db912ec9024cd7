// The files that the program brings along, found from where the program itself lies.
import { fileURLToPath } from 'node:url';

const beside = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const MIGRATIONS = beside('prisma/migrations');
export const SCHEMA = beside('prisma/schema.prisma');
export const SEED = beside('seed');
export const OPENAPI = beside('openapi/openapi.json');
/** The sources of the pages' styles and scripts, and what is built of them. */
export const WEB = beside('src/web');
export const ASSETS = beside('dist/assets');
