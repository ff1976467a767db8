import type { Context } from "mocha";
import { createProject, form, type Project } from "./pulumi";
import { type RecordingService, startRecordingService } from "./recordingService";

export interface Scenario {
  readonly service: RecordingService;
  readonly project: Project;
}

/** Runs one scenario with a service and a project of its own. */
export function scenario(
  run: (world: Scenario) => Promise<void>,
): (this: Context) => Promise<void> {
  return async function () {
    this.timeout(Math.max(this.timeout(), 180_000));
    const service = await startRecordingService();
    let project: Project | undefined;
    try {
      project = await createProject({ "codestar:endpoint": service.url });
      await run({ service, project });
    } finally {
      project?.remove();
      await service.close();
    }
  };
}

/**
 * A test of the dynamic form; `native` says what the other form does, by design,
 * and where that is tested.
 */
export function itInDynamicForm(
  title: string,
  native: string,
  run: Mocha.AsyncFunc,
  play: (title: string, run: Mocha.AsyncFunc) => void = it,
): void {
  if (form === "dynamic") play(title, run);
  else it(`${title} (native: ${native})`);
}

export const arn = (name: string) => `arn:aws:iam::123456789012:user/${name}`;

export const ada = {
  userArn: arn("ada"),
  displayName: "Ada Lovelace",
  emailAddress: "ada@example.com",
};
