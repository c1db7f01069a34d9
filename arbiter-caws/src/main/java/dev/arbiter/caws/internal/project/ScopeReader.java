/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Sanitizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the scope of a spec. */
final class ScopeReader {
  private static final int MOST_PATTERNS = 500;

  private final FieldReader spec;

  ScopeReader(FieldReader spec) {
    this.spec = spec;
  }

  /** The scope of a spec whose shape was found good; null when a pattern has an error. */
  @Nullable Scope read() {
    FieldReader scope = spec.object("scope");
    return scope == null ? null : patterns(scope, scope.texts("in"), scope.texts("out"));
  }

  /**
   * The scope of a legacy spec; null when it is missing or cannot be enforced, which adds an error.
   */
  @Nullable Scope readLoosely() {
    FieldReader scope = spec.object("scope");
    if (scope == null) {
      return null;
    }
    odd(scope, "include", "in");
    odd(scope, "exclude", "out");
    List<String> in = scope.texts("in");
    if (in.isEmpty()) {
      scope.error("schema.scope.in_empty", "in", "scope.in must name at least one path");
      return null;
    }
    List<String> out = scope.texts("out");
    for (String pattern : out) {
      if (Glob.isGlob(pattern)) {
        scope.error(
            "schema.scope.out_glob_forbidden",
            "out",
            "scope.out takes paths, not patterns; write '" + Sanitizer.text(pattern, 80) + "' out");
        return null;
      }
    }
    Scope read = patterns(scope, in, out);
    if (read != null) {
      contradictions(scope, read);
    }
    return read;
  }

  private static void odd(FieldReader scope, String wrong, String right) {
    if (scope.mentions(wrong)) {
      scope.warning(
          "schema.forbidden_field.scope_" + wrong,
          wrong,
          "scope." + wrong + " is not read; rename it to scope." + right);
    }
  }

  private static @Nullable Scope patterns(FieldReader scope, List<String> in, List<String> given) {
    if (given.size() > MOST_PATTERNS) {
      scope.violation("out", "holds more than " + MOST_PATTERNS + " paths; name folders");
      return null;
    }
    return new Scope(
        admitted(scope, "in", in),
        excluded(scope, given),
        admitted(scope, "support", scope.texts("support")));
  }

  /**
   * A backslash is read as a slash, which rather excludes too much than too little. A text that
   * cannot be read is an error: what it was to shut out would stay open.
   */
  private static List<Glob> excluded(FieldReader scope, List<String> paths) {
    List<Glob> globs = new ArrayList<>();
    for (String path : paths) {
      add(
          path.replace('\\', '/'),
          globs,
          reason -> scope.error("schema.violation", "out", "shuts nothing out: " + reason));
    }
    return List.copyOf(globs);
  }

  /** A pattern that is no path covers nothing, so leaving it out only narrows the scope. */
  private static List<Glob> admitted(FieldReader scope, String name, List<String> patterns) {
    return globs(
        scope,
        name,
        patterns,
        reason -> scope.warning("schema.violation", name, "covers nothing: " + reason));
  }

  /** Reads patterns; the reason of each that cannot be read goes to {@code wrong}. */
  static List<Glob> globs(
      FieldReader fields, String name, List<String> patterns, Consumer<String> wrong) {
    List<Glob> globs = new ArrayList<>();
    for (String pattern : patterns) {
      if (globs.size() > MOST_PATTERNS) {
        fields.violation(name, "holds more than " + MOST_PATTERNS + " patterns; name folders");
        return List.of();
      }
      add(pattern, globs, wrong);
    }
    return List.copyOf(globs);
  }

  private static void add(String pattern, List<Glob> globs, Consumer<String> wrong) {
    try {
      for (String one : Glob.expand(pattern)) {
        globs.add(Glob.of(one));
      }
    } catch (Unreadable e) {
      wrong.accept(e.reason());
    }
  }

  private static void contradictions(FieldReader scope, Scope read) {
    for (Glob out : read.out()) {
      for (Glob in : read.in()) {
        contradiction(scope, out, in);
      }
      for (Glob support : read.support()) {
        contradiction(scope, out, support);
      }
    }
  }

  private static void contradiction(FieldReader scope, Glob out, Glob in) {
    if (out.text().equals(in.text())) {
      scope.warning(
          "semantic.scope.exact_conflict",
          "out",
          "'" + Sanitizer.text(in.text(), 80) + "' is both in scope and out, so it is out");
    } else if (!Glob.isGlob(in.text()) && out.matches(in.text())) {
      scope.warning(
          "semantic.scope.overbroad_out",
          "out",
          String.format(
              Locale.ROOT,
              "scope.out '%s' shuts out '%s', which scope admits; narrow it",
              Sanitizer.text(out.text(), 80),
              Sanitizer.text(in.text(), 80)));
    }
  }
}
