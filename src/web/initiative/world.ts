// The shapes of the countries, projected once: from Natural Earth, as the package world-atlas has it. Countries too small
// for that scale are a point.
import { createRequire } from 'node:module';
import { geoCentroid, geoEqualEarth, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { countryOfNumber } from '../../contract/country.js';

export const [WIDTH, HEIGHT] = [960, 470];

export interface Country {
  /** ISO 3166-1 alpha-2; null where it has none. */
  code: string | null;
  /** Of an SVG; null for a point. */
  path: string | null;
  /** Of a point: where it is, in the units of the drawing. */
  middle: [x: number, y: number] | null;
}

type Atlas = Topology<{ countries: GeometryCollection<{ name: string }> }>;

const load = createRequire(import.meta.url);
const ANTARCTICA = '010';

/** @param isWanted by ISO 3166-1 numeric; what is left out costs nothing */
function shapesOf(scale: '110m' | '50m', isWanted: (id: string) => boolean) {
  const atlas = load(`world-atlas/countries-${scale}.json`) as Atlas;
  const geometries = atlas.objects.countries.geometries.filter(({ id }) => id !== ANTARCTICA && isWanted(String(id)));
  return feature(atlas, { type: 'GeometryCollection', geometries } as Atlas['objects']['countries']).features;
}

let drawn: Country[] | undefined;

/** All countries; computed at the first call. */
export function world(): Country[] {
  drawn ??= draw();
  return drawn;
}

function draw(): Country[] {
  const large = shapesOf('110m', () => true);
  const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: 'FeatureCollection', features: large });
  const path = geoPath(projection).digits(1);
  const known = new Set(large.map(({ id }) => String(id)));
  const small = shapesOf('50m', (id) => !known.has(id) && countryOfNumber(id) !== null);
  const codeOf = ({ id }: (typeof large)[number]) => (id === undefined ? null : countryOfNumber(String(id)));
  return [
    ...large.map((shape): Country => ({ code: codeOf(shape), path: path(shape), middle: null })),
    ...small.map((shape): Country => ({ code: codeOf(shape), path: null, middle: rounded(projection(geoCentroid(shape))) })),
  ];
}

const rounded = (place: [number, number] | null): [number, number] => [Math.round(place?.[0] ?? 0), Math.round(place?.[1] ?? 0)];
