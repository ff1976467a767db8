/** Something to know about a roster that is no problem. */
export interface Notice {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const millisecondsPerDay = 86_400_000;

/** From here on a key that ends is spoken of, in days. */
export const noticeDays = 30;

/** Whether the text is a day that there is, as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return day.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day in UTC, as YYYY-MM-DD. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/**
 * How many days are left after today: 0 on the last day, negative from the day
 * after. Both as YYYY-MM-DD.
 */
export function daysLeft(until: string, today: string): number {
  return Math.round((Date.parse(until) - Date.parse(today)) / millisecondsPerDay);
}

/**
 * What is said of a key that ends soon or has ended; undefined when it is
 * too early to say anything.
 */
export function untilClause(until: string, today: string): string | undefined {
  const days = daysLeft(until, today);
  if (days < 0) return `ended on ${until} and is declared absent`;
  if (days > noticeDays) return undefined;
  return days === 0
    ? `ends today, ${until}`
    : `ends in ${days} ${days === 1 ? "day" : "days"}, after ${until}`;
}
