import { openDynamoDbStore } from "../../service/store/dynamodb";
import { createDynamoDbTable } from "../../service/store/dynamodbTable";
import { type LocalDynamoDb, localCredentials, startDynamoDb } from "../support/dynamodbLocal";
import { conformsToProfileStore } from "../support/storeConformance";

describe("the dynamodb: store", () => {
  let dynamodb: LocalDynamoDb;
  let tables = 0;

  before(async () => {
    dynamodb = await startDynamoDb();
  });
  after(() => dynamodb.stop());

  conformsToProfileStore(
    async () => {
      tables += 1;
      const url = `dynamodb://profiles-${process.pid}-${tables}?region=eu-west-1&endpoint=${dynamodb.endpoint}`;
      await createDynamoDbTable(url, { credentials: localCredentials });
      return {
        open: () => openDynamoDbStore(url, { credentials: localCredentials }),
        remove: async () => {},
      };
    },
    { durable: true, modelRuns: 40 },
  );
});
