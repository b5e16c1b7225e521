// The fields of a Service Edge Group.

import type { DistanceUnit, PublicAccess } from "../../sdk";
import type { FieldTable } from "./fields";
import { filledIn, machineGroupFields } from "./machineGroup";

export const serviceEdgeGroupFields: FieldTable = machineGroupFields("Private Service Edges", [
  filledIn("city", "City; default: ZPA's own"),
  filledIn(
    "isPublic",
    "Whether clients outside of trusted networks can use it: true, false or `DEFAULT`; default: ZPA's own",
    { kind: "choice", choices: ["TRUE", "FALSE", "DEFAULT"] satisfies PublicAccess[] },
  ),
  {
    name: "trustedNetworks",
    kind: "ids",
    fallback: [],
    unordered: true,
    note: "Ids of the trusted networks whose clients use it; default: none",
  },
  {
    name: "graceDistanceEnabled",
    kind: "flag",
    fallback: false,
    note: "Whether its edges come before nearer public ones within the grace distance; default false",
  },
  filledIn("graceDistanceValue", "The grace distance, as in 10", { kind: "decimal", range: [0, 25_000] }),
  filledIn("graceDistanceValueUnit", "Its unit: `MILES` or `KMS`", {
    kind: "choice",
    choices: ["MILES", "KMS"] satisfies DistanceUnit[],
  }),
  filledIn("altCloud", "Another cloud that it belongs to"),
  filledIn("exclusiveForBusinessContinuity", "Whether it is for business continuity only", { kind: "flag" }),
]);
