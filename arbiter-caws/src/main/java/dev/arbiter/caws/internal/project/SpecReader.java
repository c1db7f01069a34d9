/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.task.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a working spec, legacy (v3.4 to v10) or spec.v1 (v11 and later; has {@code
 * lifecycle_state}). Rule ids are those of the CAWS kernel.
 *
 * <p>A spec.v1 is decided as in the kernel. A legacy spec has the errors of v10. It is refused,
 * too, where v10 let something pass that it could not enforce: tiers as text, an experiment outside
 * tier 3, a tier 1 spec without observability.
 */
public final class SpecReader {
  private SpecReader() {}

  /**
   * A spec and its warnings, or no spec and the errors.
   *
   * @param text as it was given
   * @param root the parsed document; null when the text is none
   * @param dialect never {@code AUTO} unless the text is no document
   * @param id the id the spec gives itself, empty when it has none
   */
  public record Reading(
      String text,
      Node.@Nullable Fields root,
      @Nullable Spec spec,
      Dialect dialect,
      String id,
      List<Finding> findings) {

    /** The same without the parsed document, to be kept. */
    public Reading withoutTree() {
      return new Reading(text, null, spec, dialect, id, findings);
    }
  }

  /** Reads a spec; a text that is no document is an error among the findings. */
  public static Reading read(String text, Dialect wanted) {
    Findings notes = new Findings();
    try {
      Node.Fields root = Document.object(text);
      Dialect dialect = wanted == Dialect.AUTO ? detected(root) : wanted;
      Spec spec =
          dialect == Dialect.V1
              ? new SpecV1(root, notes).read()
              : new LegacySpec(root, notes).read();
      Spec valid = notes.hasErrors() ? null : spec;
      return new Reading(text, root, valid, dialect, root.text("id"), notes.all());
    } catch (Unreadable e) {
      notes.error("spec.yaml." + e.kernelRule(), "", e.line(), "the working spec " + e.reason());
      return new Reading(text, null, null, wanted, "", notes.all());
    }
  }

  private static Dialect detected(Node.Fields root) {
    return root.values().containsKey("lifecycle_state") ? Dialect.V1 : Dialect.LEGACY;
  }

  static Finding dormant(String field, int line, String state) {
    return Finding.error(
            "spec.semantic.lifecycle.not_active",
            "/" + field,
            "no task runs under a spec that is " + state + "; activate it or name another")
        .onLine(line);
  }
}
