import * as pulumi from "@pulumi/pulumi";

/** What Pulumi's SDK keeps of a component, outside of its types. */
interface Component {
  /** Settles once the component is constructed. */
  readonly __data?: Promise<unknown>;
  readonly __childResources?: Iterable<pulumi.Resource>;
}

type Dependencies = pulumi.InvokeOutputOptions["dependsOn"];

/**
 * The arguments, once every resource that they come from or that `dependsOn` names has been
 * created or updated. Of a component it is the children. Unknown in a preview that is to
 * create one of the resources.
 */
export function afterResources<T extends object>(
  args: T,
  dependsOn: Dependencies,
): pulumi.Output<pulumi.Unwrap<T>> {
  const given = pulumi.all([args, dependsOn as pulumi.Input<unknown>]);
  return given.apply(async ([known, named]) => {
    const resources = new Set<pulumi.Resource>();
    const origins = await (given as unknown as Origins).allResources();
    await addReached([...origins, ...[named].flat()], resources);
    return pulumi.all([...resources].map(settled)).apply(() => known);
  }) as pulumi.Output<unknown> as pulumi.Output<pulumi.Unwrap<T>>;
}

/** What Pulumi's SDK keeps of an output, outside of its types. */
interface Origins {
  /** Those of outputs inside of the output as well. */
  allResources(): Promise<Iterable<pulumi.Resource>>;
}

async function addReached(values: Iterable<unknown>, reached: Set<pulumi.Resource>): Promise<void> {
  for (const resource of values) {
    if (!pulumi.Resource.isInstance(resource) || reached.has(resource)) continue;
    reached.add(resource);
    if (!pulumi.ComponentResource.isInstance(resource)) continue;
    const component = resource as Component;
    await component.__data;
    await addReached(component.__childResources ?? [], reached);
  }
}

/** Known once the resource exists. */
function settled(resource: pulumi.Resource): pulumi.Output<string> {
  // A reference to a resource of another stack has no id.
  const { id } = resource as Partial<pulumi.CustomResource>;
  return id ?? resource.urn;
}
