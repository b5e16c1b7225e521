import { killedWhere } from "./killedRows";

killedWhere("the provider process is killed", "the CLI is killed and the provider ends by itself", "the CLI and the provider are killed"); // prettier-ignore
