// This package's native plugin.
const pulumi = require("@pulumi/pulumi");
const people = require("./people.json");

for (const { name, ...args } of people) {
  new pulumi.CustomResource("codestar:index:UserProfile", name, args);
}
