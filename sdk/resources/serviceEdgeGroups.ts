// https://help.zscaler.com/zpa/configuring-zpa-private-service-edge-groups-using-api

import { z } from "zod";
import { groupWireBody, type MachineGroup, type MachineGroupBody, MachineGroups } from "./groups";
import { groupSchema } from "./groupSchema";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** Whether clients outside of trusted networks can use a group: `DEFAULT` leaves it to the tenant. */
export const publicAccesses = ["TRUE", "FALSE", "DEFAULT"] as const;
/** One of {@link publicAccesses}. */
export type PublicAccess = (typeof publicAccesses)[number];

/** The units of the grace distance. */
export const distanceUnits = ["MILES", "KMS"] as const;
/** One of {@link distanceUnits}. */
export type DistanceUnit = (typeof distanceUnits)[number];

/** A group of Private Service Edges as ZPA returns it, including fields that are not listed here, such as `serviceEdges`. */
export interface ServiceEdgeGroup extends MachineGroup {
  /** City. */
  city: string | undefined;
  /** Whether clients outside of trusted networks can use it: `TRUE`, `FALSE` or `DEFAULT`. */
  isPublic: string | undefined;
  /** Whether its edges come before nearer public ones within the grace distance. */
  graceDistanceEnabled: boolean | undefined;
  /** The grace distance, as in `10.0`. */
  graceDistanceValue: string | undefined;
  /** Its unit: `MILES` or `KMS`. */
  graceDistanceValueUnit: string | undefined;
  /** Networks whose clients use it. */
  trustedNetworks:
    | {
        /** ZPA's id. */
        id: string;
        /** Name of the network. */
        name: string | undefined;
        [field: string]: unknown;
      }[]
    | undefined;
  /** Another cloud that it belongs to. */
  altCloud: string | undefined;
  /** Whether it is for business continuity only. */
  exclusiveForBusinessContinuity: boolean | undefined;
}

const schema = z.looseObject({
  ...groupSchema,
  city: maybe(plainText),
  isPublic: maybe(plainText.transform((text) => text.toUpperCase())),
  graceDistanceEnabled: maybe(wireFlag),
  graceDistanceValue: maybe(plainText),
  graceDistanceValueUnit: maybe(plainText),
  trustedNetworks: maybe(z.array(z.looseObject({ id: wireId, name: maybe(wireText) }))),
  altCloud: maybe(plainText),
  exclusiveForBusinessContinuity: maybe(wireFlag),
});
const reader: Reader<Same<ServiceEdgeGroup, z.output<typeof schema>>> = readerOf(schema);

/** The fields that can be written. */
export interface ServiceEdgeGroupBody extends MachineGroupBody {
  /** City. */
  city?: string | undefined;
  /** Whether clients outside of trusted networks can use it. */
  isPublic?: PublicAccess | undefined;
  /** Whether its edges come before nearer public ones within the grace distance. Needs value and unit. */
  graceDistanceEnabled?: boolean | undefined;
  /** The grace distance, as in `10.0`. */
  graceDistanceValue?: string | undefined;
  /** Its unit. */
  graceDistanceValueUnit?: DistanceUnit | undefined;
  /** Networks whose clients use it. */
  trustedNetworks?:
    | readonly {
        /** ZPA's id. */
        id: string;
      }[]
    | undefined;
  /** Another cloud that it belongs to. */
  altCloud?: string | undefined;
  /** Whether it is for business continuity only. */
  exclusiveForBusinessContinuity?: boolean | undefined;
}

function wireBody(body: ServiceEdgeGroupBody) {
  const { city, isPublic, graceDistanceEnabled, graceDistanceValue, graceDistanceValueUnit } = body;
  const { altCloud, exclusiveForBusinessContinuity } = body;
  const trustedNetworks = body.trustedNetworks?.map(({ id }) => ({ id }));
  const grace = { graceDistanceEnabled, graceDistanceValue, graceDistanceValueUnit };
  return {
    ...groupWireBody(body),
    city,
    isPublic,
    ...grace,
    trustedNetworks,
    altCloud,
    exclusiveForBusinessContinuity,
  };
}

/**
 * Service Edge Groups, which keys of type SERVICE_EDGE_GRP belong to.
 *
 * @example
 * const group = await zpa.serviceEdgeGroups.find("Frankfurt");
 */
export class ServiceEdgeGroups extends MachineGroups<ServiceEdgeGroup, ServiceEdgeGroupBody> {
  constructor(sender: Sender) {
    const names = { singular: "Service Edge Group", plural: "Service Edge Groups" };
    super(sender, { path: "serviceEdgeGroup", ...names, reader, wireBody });
  }
}
