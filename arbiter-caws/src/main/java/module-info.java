/* SPDX-License-Identifier: Apache-2.0 */

/** Holds tasks to CAWS working specs and seals the verdicts. */
module dev.arbiter.caws {
  exports dev.arbiter.caws;
  exports dev.arbiter.caws.change;
  exports dev.arbiter.caws.events;
  exports dev.arbiter.caws.export;
  exports dev.arbiter.caws.gates;
  exports dev.arbiter.caws.provenance;
  exports dev.arbiter.caws.rules;
  exports dev.arbiter.caws.spec;
  exports dev.arbiter.caws.waiver;

  requires transitive dev.arbiter.core;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.toml;
  requires re2j;
  requires com.github.benmanes.caffeine;
  requires org.snakeyaml.engine;
  requires static transitive org.jspecify;
}
