/**
 * The candidate that the writer of a misspelt name most likely meant; undefined when none is close.
 * Letter case, `_`, `-` and spaces do not count, and a short form (`email`, `sshKey`) finds the
 * name whose letters it holds in order.
 */
export function nearest<Name extends string>(
  written: string,
  candidates: readonly Name[],
): Name | undefined {
  const word = bare(written);
  // Longer than any name there is: not a slip, and the comparison costs the product of the lengths.
  if (word.length < 2 || word.length > 64) return undefined;
  let best: Name | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = nameDistance(word, bare(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance <= Math.max(1, Math.floor(word.length / 3)) ? best : undefined;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

function nameDistance(word: string, name: string): number {
  const abbreviates = word.length >= 3 && (isSubsequence(word, name) || word.includes(name));
  return Math.min(editDistance(word, name), abbreviates ? 1 : Number.POSITIVE_INFINITY);
}

function isSubsequence(short: string, long: string): boolean {
  let found = 0;
  for (const letter of long) if (letter === short[found]) found++;
  return found === short.length;
}

/** Insertions, deletions, substitutions and swaps of neighbours, each counted as one. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2];
      if (swapped && a[row - 2] === b[column - 1])
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
