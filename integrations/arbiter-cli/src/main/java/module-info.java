/* SPDX-License-Identifier: Apache-2.0 */

/** A command line over the constitution and the store: validate, log, waiver, key, tasks. */
module dev.arbiter.cli {
  requires com.fasterxml.jackson.core;
  requires dev.arbiter.caws;
  requires dev.arbiter.sqlite;
  requires info.picocli;
  requires java.sql;
  requires static transitive org.jspecify;

  opens dev.arbiter.cli to
      info.picocli;
}
