/** What each load is, in the report. @type {Readonly<Record<import("./run.mjs").ContenderId, string>>} */
export const titles = {
  doNothing: "`node:http` that parses and answers JSON",
  describe: "**Describe**",
  signedDescribe: "**Describe, signed**",
  getItem: "dynalite GetItem",
  getItemMemory: "dynalite GetItem, in memory",
  getParameter: "moto's server, GetParameter",
  update: "**Update, durable**",
  putItem: "dynalite PutItem, not synced",
  putItemMemory: "dynalite PutItem, in memory",
  describeFew: "Describe, 1,000 profiles",
  describeMany: "Describe, large store",
  listFew: "page of 100, 1,000 profiles",
  listMany: "page of 100, large store",
};

export const underLoad = /** @type {const} */ ([
  "doNothing",
  "describe",
  "signedDescribe",
  "getItem",
  "getItemMemory",
  "getParameter",
  "update",
  "putItem",
  "putItemMemory",
]);

export const alone = /** @type {const} */ (["describeFew", "describeMany", "listFew", "listMany"]);
