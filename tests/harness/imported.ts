import { importFile } from "../../provider/cli/importFile";
import { provisioningKeyDefinition } from "../../provider/process/provisioningKey";
import type { ProvisioningKey } from "../../sdk";
import type { ProvisioningKeyRecord } from "../simulator/records";

/** What `npx pulumi-zpa-dynamic import` writes of a key. */
export function importFileOf(record: ProvisioningKeyRecord): ReturnType<typeof importFile> {
  const { fields, secretOutputs } = provisioningKeyDefinition;
  const read = { ...record, maxUsage: Number(record.maxUsage), usageCount: Number(record.usageCount) };
  return importFile([
    {
      type: "ProvisioningKey",
      fields,
      id: record.id,
      outputs: provisioningKeyDefinition.outputs(read as unknown as ProvisioningKey, {
        associationType: record.associationType,
      }),
      secretOutputs,
    },
  ]);
}
