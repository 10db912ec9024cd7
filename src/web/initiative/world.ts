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
  /** Where its middle is, in the units of the drawing. */
  middle: [x: number, y: number];
}

type Atlas = Topology<{ countries: GeometryCollection<{ name: string }> }>;

const load = createRequire(import.meta.url);
const shapesOf = (scale: '110m' | '50m') => {
  const atlas = load(`world-atlas/countries-${scale}.json`) as Atlas;
  return feature(atlas, atlas.objects.countries).features.filter(({ id }) => id !== ANTARCTICA);
};
const ANTARCTICA = '010';

let drawn: Country[] | undefined;

/** All countries; computed at the first call. */
export function world(): Country[] {
  drawn ??= draw();
  return drawn;
}

function draw(): Country[] {
  const shapes = shapesOf('110m');
  const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: 'FeatureCollection', features: shapes });
  const path = geoPath(projection).digits(1);
  const codeOf = (id: string | number | undefined): string | null => (id === undefined ? null : countryOfNumber(String(id)));
  const middleOf = (shape: (typeof shapes)[number]): [number, number] => {
    const [x, y] = projection(geoCentroid(shape)) ?? [0, 0];
    return [Math.round(x), Math.round(y)];
  };
  const large = shapes.map((shape) => ({ code: codeOf(shape.id), path: path(shape), middle: middleOf(shape) }));
  const known = new Set(large.map(({ code }) => code));
  const small = shapesOf('50m').map((shape) => ({ code: codeOf(shape.id), path: null, middle: middleOf(shape) }));
  return [...large, ...small.filter(({ code }) => code !== null && !known.has(code))];
}
