/* SPDX-License-Identifier: Apache-2.0 */

/** A store in one SQLite file. */
@SuppressWarnings("module") // the compiler does not see the module of the qualified export
module dev.arbiter.sqlite {
  exports dev.arbiter.sqlite;
  exports dev.arbiter.sqlite.internal to
      dev.arbiter.cli;

  requires java.sql;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;
  requires transitive dev.arbiter.core;
  requires static transitive org.jspecify;
}
