import assert from "node:assert/strict";
import fc from "fast-check";
import { type FieldValues, fields, type LiveProfile } from "../../profile/fields";
import { type Person, reconcile, type Verdict } from "../../profile/reconcile";
import { unknownValue } from "../../profile/unknown";
import { ed25519, rsa3072 } from "../support/sshKeys";

const ada = { displayName: "Ada Lovelace", emailAddress: "ada@example.com" };
const key = ed25519.line;
const live = (values: FieldValues = {}): LiveProfile => ({
  userArn: "arn:aws:iam::123456789012:user/ada",
  ...ada,
  sshPublicKey: "",
  ...values,
});

/** The rows of README's table of behaviours, as one person's verdict. */
const rows: readonly (readonly [
  behaviour: string,
  person: Omit<Person, "mayTakeOver"> & { readonly mayTakeOver?: boolean },
  verdict: Verdict,
])[] = [
  [
    "declared = live: no change, nothing written",
    { recorded: ada, declared: ada, live: live() },
    { changed: [] },
  ],
  [
    "a declared field differs from live: drift, and just that field is written",
    { recorded: ada, declared: ada, live: live({ emailAddress: "ada@elsewhere.example" }) },
    {
      changed: [],
      drift: { emailAddress: { live: "ada@elsewhere.example", declared: ada.emailAddress } },
      write: { call: "update", values: { emailAddress: ada.emailAddress } },
    },
  ],
  [
    "the program changed a field: written, and no drift",
    { recorded: ada, declared: { ...ada, displayName: "Ada" }, live: live() },
    { changed: ["displayName"], write: { call: "update", values: { displayName: "Ada" } } },
  ],
  [
    "the program changed a field, and live differs from both: drift too",
    {
      recorded: ada,
      declared: { ...ada, displayName: "Ada" },
      live: live({ displayName: "Somebody" }),
    },
    {
      changed: ["displayName"],
      drift: { displayName: { live: "Somebody", declared: "Ada" } },
      write: { call: "update", values: { displayName: "Ada" } },
    },
  ],
  [
    "the program changed a field to what is live: nothing written",
    {
      recorded: ada,
      declared: { ...ada, displayName: "Ada" },
      live: live({ displayName: "Ada" }),
    },
    { changed: ["displayName"] },
  ],
  [
    "deleted behind our back: missing, and created again",
    { recorded: ada, declared: ada, live: undefined },
    { changed: [], drift: { profile: "missing" }, write: { call: "create", values: ada } },
  ],
  [
    "a field that never was declared: not compared, not sent",
    {
      recorded: { displayName: ada.displayName },
      declared: { displayName: ada.displayName },
      live: live({ emailAddress: "x@example.com", sshPublicKey: key }),
    },
    { changed: [] },
  ],
  [
    "a key that was declared and now is not: revoked",
    {
      recorded: { ...ada, sshPublicKey: key },
      declared: ada,
      live: live({ sshPublicKey: key }),
    },
    { changed: ["sshPublicKey"], write: { call: "update", values: { sshPublicKey: "" } } },
  ],
  [
    "a key that was declared, now is not, and is gone: nothing written",
    { recorded: { ...ada, sshPublicKey: key }, declared: ada, live: live() },
    { changed: ["sshPublicKey"] },
  ],
  [
    "a name that was declared and now is not: left as it is",
    {
      recorded: ada,
      declared: { emailAddress: ada.emailAddress },
      live: live({ displayName: "Somebody" }),
    },
    { changed: ["displayName"] },
  ],
  [
    "ignoreDrift: a live change is left alone",
    {
      recorded: ada,
      declared: { ...ada, ignoreDrift: ["displayName"] },
      live: live({ displayName: "Somebody" }),
    },
    { changed: [] },
  ],
  [
    "ignoreDrift: the program's own change is written",
    {
      recorded: ada,
      declared: { ...ada, displayName: "Ada", ignoreDrift: ["displayName"] },
      live: live({ displayName: "Somebody" }),
    },
    { changed: ["displayName"], write: { call: "update", values: { displayName: "Ada" } } },
  ],
  [
    "new, and nobody there: created",
    { declared: { ...ada, sshPublicKey: key }, live: undefined },
    { changed: [], write: { call: "create", values: { ...ada, sshPublicKey: key } } },
  ],
  [
    "new, exists, and declared fields are equal: taken as ours",
    { declared: ada, live: live({ sshPublicKey: key }) },
    { changed: [] },
  ],
  [
    "new, exists, differs: a conflict that names the fields",
    { declared: { ...ada, sshPublicKey: key }, live: live({ displayName: "Somebody" }) },
    {
      changed: [],
      conflict: ["displayName", "sshPublicKey"],
      write: {
        call: "update",
        values: { displayName: ada.displayName, sshPublicKey: key },
      },
    },
  ],
  [
    "new, exists, differs, and may be taken over (adopt, or a move within the program): just what differs is written",
    { declared: ada, live: live({ displayName: "Somebody" }), mayTakeOver: true },
    { changed: [], write: { call: "update", values: { displayName: ada.displayName } } },
  ],
  [
    "new, ignoreDrift: written like every field",
    {
      declared: { ...ada, ignoreDrift: ["displayName"] },
      live: live({ displayName: "Somebody" }),
      mayTakeOver: true,
    },
    { changed: [], write: { call: "update", values: { displayName: ada.displayName } } },
  ],
  [
    "SSH keys: white space around them is no difference",
    {
      recorded: { ...ada, sshPublicKey: key },
      declared: { ...ada, sshPublicKey: `${key}\n` },
      live: live({ sshPublicKey: key }),
    },
    { changed: [] },
  ],
  [
    "a value that is not known yet: neither drift nor conflict, and not sent",
    { declared: { ...ada, displayName: unknownValue }, live: live() },
    { changed: [] },
  ],
  [
    "a drifted secret: its field is named, and no value",
    {
      recorded: ada,
      declared: { ...ada, secretFields: ["displayName"] },
      live: live({ displayName: "Somebody" }),
    },
    {
      changed: [],
      drift: { displayName: "differs from the declared secret" },
      write: { call: "update", values: { displayName: ada.displayName } },
    },
  ],
];

describe("reconcile", () => {
  for (const [behaviour, person, verdict] of rows) {
    it(behaviour, () => {
      assert.deepEqual(reconcile({ mayTakeOver: false, ...person }), verdict);
    });
  }

  const values = fc.record(
    {
      displayName: fc.constantFrom("Ada", "Grace"),
      emailAddress: fc.constantFrom("a@example.com", "b@example.com"),
      sshPublicKey: fc.constantFrom("", key, rsa3072.line),
    },
    { requiredKeys: [] },
  );

  it("settles: after the write nothing drifts and nothing is left to write", () => {
    fc.assert(
      fc.property(fc.option(values), values, values, (recorded, declared, there) => {
        const before = live(there);
        const first = reconcile({
          recorded: recorded ?? undefined,
          declared,
          live: before,
          mayTakeOver: true,
        });
        const after = { ...before, ...first.write?.values };
        const second = reconcile({ recorded: declared, declared, live: after, mayTakeOver: true });
        assert.deepEqual(second, { changed: [] });
      }),
    );
  });

  it("sends no field that is equal, and none that neither was nor is declared", () => {
    fc.assert(
      fc.property(fc.option(values), values, values, (recorded, declared, there) => {
        const before = live(there);
        const { write } = reconcile({
          recorded: recorded ?? undefined,
          declared,
          live: before,
          mayTakeOver: true,
        });
        for (const field of fields) {
          const sent = write?.values[field];
          if (sent === undefined) continue;
          assert.notEqual(sent, before[field]);
          assert.ok(declared[field] !== undefined || recorded?.[field] !== undefined);
        }
      }),
    );
  });
});
