/**
 * How many lists and maps may stand in one another. A roster needs six; what is
 * below `x-` keys may have more.
 */
export const mostLevels = 64;

export const tooDeep = `lists and maps are nested more than ${mostLevels} levels deep here`;
