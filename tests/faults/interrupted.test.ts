import { killedWhere } from "./killedRows";

killedWhere("the CLI is interrupted once", "the CLI is interrupted twice");
