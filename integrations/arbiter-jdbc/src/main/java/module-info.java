/* SPDX-License-Identifier: Apache-2.0 */

/** A store in a PostgreSQL database. */
module dev.arbiter.jdbc {
  exports dev.arbiter.jdbc;

  requires org.slf4j;
  requires transitive dev.arbiter.core;
  requires transitive java.sql;
  requires static transitive org.jspecify;
}
