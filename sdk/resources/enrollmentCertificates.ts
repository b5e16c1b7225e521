// Certificates that sign what enrolls: https://help.zscaler.com/zpa/obtaining-enrollment-certificate-details-using-api
// Listed under v2, read by id under v1.

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { AssociationType } from "./provisioningKeys";
import type { Transport } from "../request/transport";
import { maybe, wireFlag, wireId, wireText } from "./wireTypes";

export const enrollmentCertificateSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  /** Only a certificate whose private key ZPA holds can sign a provisioning key. */
  privateKeyPresent: maybe(wireFlag),
  microtenantId: maybe(wireId),
});

/** A certificate, as ZPA has it; fields that are not named here come along. */
export type EnrollmentCertificate = z.output<typeof enrollmentCertificateSchema>;

/** The built-in certificates that keys of each type normally use. */
export const builtInCertificates: Readonly<Record<AssociationType, string>> = {
  CONNECTOR_GRP: "Connector",
  SERVICE_EDGE_GRP: "Service Edge",
};

/** Enrollment certificates: what signs the certificates of machines that enroll. */
export class EnrollmentCertificates extends LookUps<EnrollmentCertificate> {
  constructor(transport: Transport) {
    const names = { singular: "enrollment certificate", plural: "enrollment certificates" };
    super(transport, { version: "v2", path: ["enrollmentCert"], ...names }, enrollmentCertificateSchema);
  }
}
