/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the scope of a spec. */
final class ScopeReader {
  private static final int MOST_PATTERNS = 500;

  private final Shape spec;

  ScopeReader(Shape spec) {
    this.spec = spec;
  }

  /** Null when it is missing or has an error, which is noted. */
  @Nullable Scope read() {
    Shape scope = spec.object("scope");
    if (scope == null) {
      return null;
    }
    forbid(scope, "include", "in");
    forbid(scope, "exclude", "out");
    scope.allowOnly(Set.of("in", "out", "support", "include", "exclude"));
    List<String> in = scope.texts("in");
    List<String> out = scope.texts("out");
    if (in.isEmpty()) {
      scope.error("schema.scope.in_empty", "in", "scope.in must name at least one path");
    }
    for (String pattern : out) {
      if (Glob.isGlob(pattern) || pattern.indexOf('{') >= 0) {
        scope.error(
            "schema.scope.out_glob_forbidden",
            "out",
            "scope.out takes paths, not patterns; write '" + Clean.text(pattern, 80) + "' out");
        return null;
      }
    }
    List<String> support = scope.texts("support");
    Scope read =
        new Scope(
            globs(scope, "in", in), globs(scope, "out", out), globs(scope, "support", support));
    contradictions(scope, read);
    return read;
  }

  private static void forbid(Shape scope, String wrong, String right) {
    if (scope.mentions(wrong)) {
      scope.error(
          "schema.forbidden_field.scope_" + wrong,
          wrong,
          "scope." + wrong + " is not read; rename it to scope." + right);
    }
  }

  static List<Glob> globs(Shape shape, String name, List<String> patterns) {
    List<Glob> globs = new ArrayList<>();
    for (String pattern : patterns) {
      if (globs.size() > MOST_PATTERNS) {
        shape.violation(name, "holds more than " + MOST_PATTERNS + " patterns; name folders");
        return List.of();
      }
      try {
        for (String one : Glob.expand(pattern)) {
          globs.add(Glob.of(one));
        }
      } catch (Unreadable e) {
        shape.violation(name, e.reason());
      }
    }
    return List.copyOf(globs);
  }

  private static void contradictions(Shape scope, Scope read) {
    for (Glob out : read.out()) {
      for (Glob in : read.in()) {
        contradiction(scope, out, in);
      }
      for (Glob support : read.support()) {
        contradiction(scope, out, support);
      }
    }
  }

  private static void contradiction(Shape scope, Glob out, Glob in) {
    if (out.text().equals(in.text())) {
      scope.error(
          "semantic.scope.exact_conflict",
          "out",
          "'" + Clean.text(in.text(), 80) + "' is both in scope and out; keep one");
    } else if (!Glob.isGlob(in.text()) && out.matches(in.text())) {
      scope.error(
          "semantic.scope.overbroad_out",
          "out",
          "scope.out '"
              + Clean.text(out.text(), 80)
              + "' shuts out '"
              + Clean.text(in.text(), 80)
              + "', which scope admits; narrow it");
    }
  }
}
