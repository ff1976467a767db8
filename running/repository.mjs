import { resolve } from "node:path";

/** The project's own folder. */
export const repository = resolve(import.meta.dirname, "..");
