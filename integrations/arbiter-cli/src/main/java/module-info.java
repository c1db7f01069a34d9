/* SPDX-License-Identifier: Apache-2.0 */

/** A command line over the constitution: validate, log, waiver, key. */
module dev.arbiter.cli {
  requires com.fasterxml.jackson.core;
  requires dev.arbiter.caws;
  requires info.picocli;
  requires static transitive org.jspecify;

  opens dev.arbiter.cli to
      info.picocli;
}
