import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Constraint, constraints } from "../../service/api/constraints";

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const modelFile = join(__dirname, "../../models/codestar/2017-04-19/service-2.json");
const model = JSON.parse(readFileSync(modelFile, "utf8")) as Model;

describe("constraints", () => {
  it("cover the operations of AWS's model and no others", () => {
    assert.deepEqual(Object.keys(constraints).sort(), Object.keys(model.operations).sort());
  });

  for (const [operation, { input }] of Object.entries(model.operations)) {
    const request = model.shapes[input.shape]!;
    const ours: Readonly<Record<string, Constraint>> =
      constraints[operation as keyof typeof constraints];

    it(`of ${operation} name the model's members, in its order`, () => {
      assert.deepEqual(Object.keys(ours), Object.keys(request.members!));
    });

    for (const [name, { shape: shapeName }] of Object.entries(request.members!)) {
      it(`of ${operation}'s ${name} are the model's`, () => {
        const shape = model.shapes[shapeName]!;
        const constraint = ours[name]!;
        assert.deepEqual(
          {
            type: constraint.type,
            min: constraint.min,
            max: constraint.max,
            pattern: constraint.type === "string" ? constraint.pattern.source : undefined,
            sensitive: constraint.sensitive,
            required: constraint.required,
          },
          {
            type: shape.type,
            // AWS's Smithy model says the 0 that this older form leaves out.
            min: shape.min ?? 0,
            max: shape.max,
            pattern: shape.pattern === undefined ? undefined : new RegExp(shape.pattern).source,
            sensitive: shape.sensitive ?? false,
            required: request.required?.includes(name) ?? false,
          },
        );
      });
    }
  }

  it("have patterns that hold no state between two uses", () => {
    for (const members of Object.values(constraints)) {
      for (const constraint of Object.values<Constraint>(members)) {
        if (constraint.type === "string") assert.equal(constraint.pattern.flags, "");
      }
    }
  });
});
