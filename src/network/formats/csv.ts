// The links of a network as a table, with the columns that graph tools look for (Gephi: Source, Target, Type, Weight).
import { csvOf } from '../../contract/csv.js';
import type { Network } from '../schema.js';

export const linksCsv = ({ links }: Network): string =>
  csvOf(
    ['Source', 'Target', 'Type', 'Weight'],
    links.map(({ source, target, weight }) => [source, target, 'Undirected', weight]),
  );
