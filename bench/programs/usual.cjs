// The usual way: an object literal, serialized into the state, whose methods make a client of the
// SDK when they are called, and whose diff describes the profile.
const pulumi = require("@pulumi/pulumi");
const people = require("./people.json");

const provider = {
  async create(inputs) {
    const { CodeStarClient, CreateUserProfileCommand } = require("@aws-sdk/client-codestar");
    const client = new CodeStarClient({});
    const { userArn, displayName, emailAddress, sshPublicKey } = inputs;
    await client.send(
      new CreateUserProfileCommand({ userArn, displayName, emailAddress, sshPublicKey }),
    );
    return { id: userArn, outs: inputs };
  },
  async diff(id, _olds, news) {
    const { CodeStarClient, DescribeUserProfileCommand } = require("@aws-sdk/client-codestar");
    const client = new CodeStarClient({});
    const live = await client.send(new DescribeUserProfileCommand({ userArn: id }));
    const changes =
      live.displayName !== news.displayName ||
      live.emailAddress !== news.emailAddress ||
      live.sshPublicKey !== news.sshPublicKey;
    return { changes, replaces: id === news.userArn ? [] : ["userArn"] };
  },
  async read(id, props) {
    const { CodeStarClient, DescribeUserProfileCommand } = require("@aws-sdk/client-codestar");
    const client = new CodeStarClient({});
    const live = await client.send(new DescribeUserProfileCommand({ userArn: id }));
    const { displayName, emailAddress, sshPublicKey } = live;
    return { id, props: { ...props, displayName, emailAddress, sshPublicKey } };
  },
  async update(id, _olds, news) {
    const { CodeStarClient, UpdateUserProfileCommand } = require("@aws-sdk/client-codestar");
    const client = new CodeStarClient({});
    const { displayName, emailAddress, sshPublicKey } = news;
    await client.send(
      new UpdateUserProfileCommand({ userArn: id, displayName, emailAddress, sshPublicKey }),
    );
    return { outs: news };
  },
  async delete(id) {
    const { CodeStarClient, DeleteUserProfileCommand } = require("@aws-sdk/client-codestar");
    const client = new CodeStarClient({});
    await client.send(new DeleteUserProfileCommand({ userArn: id }));
  },
};

class UserProfile extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(provider, name, args);
  }
}

for (const { name, ...args } of people) new UserProfile(name, args);
