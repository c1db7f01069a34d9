/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.Locale;
import java.util.Objects;

/** The working spec of a task: none, one that the constitution knows by id, or the text. */
public sealed interface SpecRef {

  /** No working spec; most constitutions refuse such a task. */
  record None() implements SpecRef {
    private static final SpecRef INSTANCE = new None();
  }

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
  record Text(String text) implements SpecRef {
    /**
     * Checks the text.
     *
     * @throws NullPointerException if it is null
     */
    public Text {
      Objects.requireNonNull(text, "spec text must not be null; SpecRef.none() is for no spec");
    }

    /** {@return its length: a spec may be long, and its secrets belong into no log} */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "Text[%,d characters]", text.length());
    }
  }

  /** {@return the reference to no spec; always the same instance} */
  static SpecRef none() {
    return None.INSTANCE;
  }

  /**
   * {@return a reference to a spec that the constitution knows}
   *
   * @param id the id
   */
  static SpecRef id(String id) {
    return new Id(id);
  }

  /**
   * {@return a reference that holds the text of the spec}
   *
   * @param text YAML or JSON
   */
  static SpecRef text(String text) {
    return new Text(text);
  }
}
