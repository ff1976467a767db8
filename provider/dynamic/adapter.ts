import type * as pulumi from "@pulumi/pulumi";
import { CodeStarError } from "../../profile/codeStarError";
import { readKnowledge } from "../lifecycle/knowledge";
import { type Lifecycle, PartlyDone, type Props } from "../lifecycle/lifecycle";
import type { Session } from "../lifecycle/session";

/** What differs between the resources that the dynamic host is given. */
export interface Presentation<State, Shown> {
  /** How messages call a resource. */
  readonly name: (id: string) => string;
  /**
   * The inputs that show a preview's findings: differences of inputs are
   * all that the engine prints.
   */
  readonly show: (shown: Shown) => Props;
  /** The inputs after a refresh; they stay as recorded when absent. */
  readonly refreshedInputs?: (state: State) => Props;
}

/**
 * A lifecycle as the host of dynamic providers calls it. Marks of the host and of our
 * own begin with `_`, and are taken out here; what is left is believed to have the types
 * that check has made sure of.
 */
export function dynamicProvider<Inputs, State, Shown>(
  session: Session,
  lifecycle: Lifecycle<Inputs, State, Shown>,
  { name, show, refreshedInputs }: Presentation<State, Shown>,
) {
  /**
   * Errors of the host's calls say what was being done. A part that is done
   * is recorded by the engine.
   */
  async function phrased<T>(verb: string, id: string, props: Props, work: () => Promise<T>) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PartlyDone)) throw session.failure(`${verb} ${name(id)}`, error);
      const properties = { ...error.state, __provider: props.__provider };
      const { message, id: partlyDone, reasons } = error;
      throw Object.assign(new CodeStarError(message), { id: partlyDone, properties, reasons });
    }
  }

  async function check(olds: Props, news: Props): Promise<pulumi.dynamic.CheckResult> {
    const problem = session.settingProblem();
    if (problem) return refuse([problem]);
    const { __isPreview, __hidden, __program } = news;
    const isPreview = __isPreview === true;
    session.noteProgram(isPreview);
    try {
      const checked = await lifecycle.check(
        unmarked(olds) as Partial<Inputs>,
        withoutNulls(unmarked(news)),
        {
          isPreview,
          hidden: (__hidden as string[] | null | undefined) ?? undefined,
          knowledge: readKnowledge(__program),
        },
      );
      if ("refused" in checked) return refuse(checked.refused);
      const { inputs, shown } = checked;
      return { inputs: isPreview && shown ? { ...inputs, ...show(shown) } : inputs };
    } catch (error) {
      return refuse([session.sentenceOf(error)]);
    }
  }

  return {
    check,

    async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
      // No await before this: the host uses the provider before configure has settled.
      session.configure((key) => config.get(key));
    },

    async diff(_id: string, olds: Props, news: Props): Promise<pulumi.dynamic.DiffResult> {
      const { changed, replaces } = lifecycle.diff(
        unmarked(olds) as State,
        unmarked(news) as Inputs,
      );
      // A state of the native form has no line by which the host would find the
      // provider: an update writes it.
      const isNative = olds.__provider === undefined;
      return { changes: changed || isNative, replaces: [...replaces] };
    },

    create: (news: Props): Promise<pulumi.dynamic.CreateResult> =>
      phrased("creating", String(news.userArn), news, async () => {
        const { id, state } = await lifecycle.create(unmarked(news) as Inputs);
        return { id, outs: state };
      }),

    /**
     * An empty id drops the resource from the state, and is answered only for
     * one that is confirmed gone.
     */
    read: (id: string, props: Props): Promise<pulumi.dynamic.ReadResult> =>
      phrased("reading", id, props, async () => {
        const state = await lifecycle.read(id, unmarked(props) as State);
        if (state === undefined) return { id: "", props: {} };
        return { id, props: state, ...(refreshedInputs && { inputs: refreshedInputs(state) }) };
      }),

    update: (id: string, olds: Props, news: Props): Promise<pulumi.dynamic.UpdateResult> =>
      phrased("updating", id, news, async () => ({
        outs: await lifecycle.update(id, unmarked(olds) as State, unmarked(news) as Inputs),
      })),

    delete: (id: string, props: Props): Promise<void> =>
      phrased("deleting", id, props, () => lifecycle.delete(id, unmarked(props) as State)),
  };
}

/**
 * The engine prints the value of a property that a failure names, secret or
 * not: the reason names it.
 */
function refuse(reasons: readonly string[]): pulumi.dynamic.CheckResult {
  return { failures: reasons.map((reason) => ({ property: "", reason })) };
}

function unmarked(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([name]) => !name.startsWith("_")));
}

function withoutNulls(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== null));
}
