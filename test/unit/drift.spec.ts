import assert from "node:assert/strict";
import fc from "fast-check";
import { findDrift } from "../../profile/drift";
import {
  differences,
  type Field,
  fields,
  type LiveProfile,
  type ProfileInputs,
} from "../../profile/fields";
import { unknownValue } from "../../profile/unknown";
import { arnOf } from "../support/profiles";
import { ed25519, nistp256, rsa3072 } from "../support/sshKeys";

const declared: ProfileInputs = {
  userArn: arnOf("ada"),
  region: "us-east-1",
  displayName: "Ada Lovelace",
  emailAddress: "ada@example.com",
  sshPublicKey: ed25519.line,
};
const { region: _, ...profile } = declared;
const live = profile as LiveProfile;
const other = {
  displayName: "Eve",
  emailAddress: "eve@example.com",
  sshPublicKey: nistp256.line,
} as const;
const third = {
  displayName: "Ada King",
  emailAddress: "king@example.com",
  sshPublicKey: rsa3072.line,
} as const;

const without = <T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> => {
  const { [key]: _removed, ...rest } = value;
  return rest;
};
const fingerprint = (key: { fingerprint: string; type: string }) =>
  `${key.fingerprint} (${key.type})`;

describe("findDrift", () => {
  it("finds none where the live profile is as declared", () => {
    assert.equal(findDrift(declared, declared, live), undefined);
  });

  for (const field of fields) {
    const shown = {
      displayName: { live: "Eve", declared: "Ada Lovelace" },
      emailAddress: { live: "eve@example.com", declared: "ada@example.com" },
      sshPublicKey: { live: fingerprint(nistp256), declared: fingerprint(ed25519) },
    }[field];

    describe(field, () => {
      it("that somebody changed is shown, live and declared", () => {
        const changed = { ...live, [field]: other[field] };
        assert.deepEqual(findDrift(declared, declared, changed), { [field]: shown });
      });

      it("that the program changed is not drift", () => {
        const news = { ...declared, [field]: third[field] };
        assert.equal(findDrift(declared, news, live), undefined);
      });

      it("that the program changed and somebody changed to the same is not drift", () => {
        const news = { ...declared, [field]: other[field] };
        assert.equal(findDrift(declared, news, { ...live, [field]: other[field] }), undefined);
      });

      it("that is live neither what it was nor what it shall be is drift, against the new value", () => {
        const news = { ...declared, [field]: third[field] };
        const found = findDrift(declared, news, { ...live, [field]: other[field] });
        const wanted = field === "sshPublicKey" ? fingerprint(rsa3072) : (third[field] as string);
        assert.deepEqual(found, { [field]: { live: shown.live, declared: wanted } });
      });

      it("that is not declared is not compared", () => {
        const news = without(declared, field) as ProfileInputs;
        const changed = { ...live, [field]: other[field] };
        assert.equal(findDrift(declared, news, changed), undefined);
        assert.equal(findDrift(news, news, changed), undefined);
      });

      it("that is declared for the first time is the program's change", () => {
        const olds = without(declared, field);
        assert.equal(findDrift(olds, declared, { ...live, [field]: other[field] }), undefined);
      });

      it("whose drift is ignored is not drift", () => {
        const news = { ...declared, ignoreDrift: [field] };
        assert.equal(findDrift(news, news, { ...live, [field]: other[field] }), undefined);
        assert.equal(findDrift(declared, news, { ...live, [field]: other[field] }), undefined);
      });

      it("whose drift is no longer ignored is drift again", () => {
        const olds = { ...declared, ignoreDrift: [field] };
        const found = findDrift(olds, declared, { ...live, [field]: other[field] });
        assert.deepEqual(found, { [field]: shown });
      });

      it("that is not known yet cannot be compared", () => {
        const news = { ...declared, [field]: unknownValue };
        assert.equal(findDrift(declared, news, { ...live, [field]: other[field] }), undefined);
      });

      it("that is a secret is named, and neither value shown", () => {
        const news = { ...declared, secretFields: [field] };
        const changed = { ...live, [field]: other[field] };
        assert.deepEqual(findDrift(declared, news, changed), {
          [field]: "differs from the declared secret",
        });
      });
    });
  }

  it("shows every field that drifted, in the order of the table", () => {
    const found = findDrift(declared, declared, { ...live, ...other });
    assert.deepEqual(Object.keys(found!), fields);
  });

  it("calls a profile that is gone missing, whatever is ignored or secret", () => {
    const missing = { profile: "missing" };
    assert.deepEqual(findDrift(declared, declared, undefined), missing);
    const news = { ...declared, ignoreDrift: [...fields], secretFields: [...fields] };
    assert.deepEqual(findDrift(news, news, undefined), missing);
  });

  it("compares keys without the white space around them, and names without mercy", () => {
    const spaced = { ...live, sshPublicKey: `  ${ed25519.line}\r\n` };
    assert.equal(findDrift(declared, declared, spaced), undefined);
    assert.ok(findDrift(declared, declared, { ...live, displayName: "ada lovelace" }));
  });

  it("shows a key that was taken away, and one that was added where none is declared", () => {
    assert.deepEqual(findDrift(declared, declared, { ...live, sshPublicKey: "" }), {
      sshPublicKey: { live: "(none)", declared: fingerprint(ed25519) },
    });
    const none = { ...declared, sshPublicKey: "" };
    assert.deepEqual(findDrift(none, none, live), {
      sshPublicKey: { live: fingerprint(ed25519), declared: "(none)" },
    });
  });

  it("never shows a whole key, or text that is no key", () => {
    for (const text of [nistp256.line, `${ed25519.line}x`, "hunter2", `${ed25519.line} other`]) {
      const found = findDrift(declared, declared, { ...live, sshPublicKey: text });
      const { live: left, declared: right } = (
        found as { sshPublicKey: { live: string; declared: string } }
      ).sshPublicKey;
      assert.notEqual(left, right);
      assert.doesNotMatch(`${left} ${right}`, /AAAA|hunter2|Lovelace/);
    }
  });
});

describe("findDrift and differences", () => {
  const values: Record<Field, readonly string[]> = {
    displayName: [declared.displayName!, other.displayName, third.displayName],
    emailAddress: [declared.emailAddress!, other.emailAddress, third.emailAddress],
    sshPublicKey: [ed25519.line, nistp256.line, ""],
  };
  const someFields = fc.subarray([...fields]);
  const oneOf = (field: Field) => fc.constantFrom(...values[field]);
  const valuesOf = fc.record({
    displayName: oneOf("displayName"),
    emailAddress: oneOf("emailAddress"),
    sshPublicKey: oneOf("sshPublicKey"),
  });
  const inputs: fc.Arbitrary<ProfileInputs> = fc
    .tuple(valuesOf, someFields, someFields, someFields)
    .map(([all, kept, ignoreDrift, secretFields]) => ({
      userArn: declared.userArn,
      region: declared.region,
      ...Object.fromEntries(kept.map((field) => [field, all[field]])),
      ...(ignoreDrift.length > 0 && { ignoreDrift }),
      ...(secretFields.length > 0 && { secretFields }),
    }));
  const liveProfile = valuesOf.map((all): LiveProfile => ({ userArn: declared.userArn, ...all }));

  it("agree with the rule: managed before and now, not ignored, and live is neither", () => {
    fc.assert(
      fc.property(inputs, inputs, liveProfile, (olds, news, now) => {
        const wanted = fields.filter(
          (field) =>
            olds[field] !== undefined &&
            news[field] !== undefined &&
            !news.ignoreDrift?.includes(field) &&
            now[field] !== olds[field] &&
            now[field] !== news[field],
        );
        assert.deepEqual(Object.keys(findDrift(olds, news, now) ?? {}), wanted);
      }),
    );
  });

  it("settle: once the differences are written there is no drift, and nothing left to write", () => {
    fc.assert(
      fc.property(inputs, inputs, liveProfile, (olds, news, now) => {
        const written = { ...now, ...differences(news, now) };
        assert.deepEqual(differences(news, written), {});
        assert.equal(findDrift(olds, news, written), undefined);
        assert.equal(findDrift(news, news, written), undefined);
      }),
    );
  });

  it("write declared values only, of the fields that differ", () => {
    fc.assert(
      fc.property(inputs, liveProfile, (news, now) => {
        const differing = differences(news, now);
        for (const field of fields) {
          const differs = news[field] !== undefined && news[field] !== now[field];
          assert.equal(differing[field], differs ? news[field] : undefined);
        }
      }),
    );
  });

  it("never print a secret", () => {
    fc.assert(
      fc.property(inputs, liveProfile, (news, now) => {
        const secret = { ...news, secretFields: [...fields] };
        const printed = JSON.stringify(findDrift(news, secret, now) ?? {});
        for (const field of fields) {
          for (const value of [now[field], news[field]]) {
            if (value) assert.ok(!printed.includes(value));
          }
        }
      }),
    );
  });
});
