// Certificates that sign what enrolls: https://help.zscaler.com/zpa/obtaining-enrollment-certificate-details-using-api
// Listed under v2, read by id under v1.

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { AssociationType } from "./provisioningKeys";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** A certificate, as ZPA has it; fields that are not named here come along. */
export interface EnrollmentCertificate {
  id: string;
  name: string;
  description: string | undefined;
  /** Only a certificate whose private key ZPA holds can sign a provisioning key. */
  privateKeyPresent: boolean | undefined;
  microtenantId: string | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  privateKeyPresent: maybe(wireFlag),
  microtenantId: maybe(wireId),
});
const reader: Reader<Same<EnrollmentCertificate, z.output<typeof schema>>> = readerOf(schema);

/** The built-in certificates that keys of each type normally use. */
export const builtInCertificates: Readonly<Record<AssociationType, string>> = {
  CONNECTOR_GRP: "Connector",
  SERVICE_EDGE_GRP: "Service Edge",
};

/** Enrollment certificates: what signs the certificates of machines that enroll. */
export class EnrollmentCertificates extends LookUps<EnrollmentCertificate> {
  constructor(sender: Sender) {
    const names = { singular: "enrollment certificate", plural: "enrollment certificates" };
    super(sender, { version: "v2", path: ["enrollmentCert"], ...names }, reader);
  }
}
