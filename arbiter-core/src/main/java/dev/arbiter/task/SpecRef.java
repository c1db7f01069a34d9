/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;

/** Which working spec a task is held to: none, one the constitution knows by id, or the text. */
public sealed interface SpecRef {

  /** No working spec; most constitutions refuse such a task. */
  record None() implements SpecRef {}

  /**
   * A spec the constitution knows by its id.
   *
   * @param id such as {@code FEAT-201}
   */
  record Id(String id) implements SpecRef {
    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if it is empty, too long or not printable
     */
    public Id {
      Require.name("spec id", id, false);
    }
  }

  /**
   * A spec given as text.
   *
   * @param text YAML or JSON, as the constitution reads it
   */
  record Text(String text) implements SpecRef {}

  /**
   * Gives no spec.
   *
   * @return the one instance
   */
  static SpecRef none() {
    return Specs.NONE;
  }

  /**
   * Names a spec the constitution knows.
   *
   * @param id the id
   * @return a reference
   */
  static SpecRef id(String id) {
    return new Id(id);
  }

  /**
   * Carries the spec itself.
   *
   * @param text YAML or JSON
   * @return a reference
   */
  static SpecRef text(String text) {
    return new Text(text);
  }
}
