// The `sort` parameter: a closed list of columns for each resource, `-` in front for the other direction.
import { z } from 'zod';

export const sortBy = <Column extends string>(...columns: [Column, ...Column[]]) =>
  z
    .enum(
      columns.flatMap((column) => [column, `-${column}`]),
      { error: `sort takes ${columns.join(', ')}, with - in front for the other direction.` },
    )
    .optional()
    .meta({ description: `Order of the list; - in front turns it round. Default ${columns[0]}.` });
