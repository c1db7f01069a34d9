/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import java.util.List;
import java.util.Set;

/**
 * The files that the work may touch.
 *
 * <p>The order is that of the CAWS kernel, with two exceptions. {@code out} beats everything. The
 * folders of the rules themselves are never exempt: {@code .git}, and {@code .caws} unless the spec
 * names the place below it literally. {@code out} is compared without case, for file systems that
 * have none; {@code in} is compared with case.
 */
public record Scope(List<Glob> in, List<Glob> out, List<Glob> support) {

  /** The place of one path relative to a scope. */
  enum Placement {
    ADMITTED("", ""),
    GOVERNED(
        "scope.integrity.governed_path",
        "belongs to the rules themselves; no waiver lifts this, change it outside a task"),
    OUT("scope.reject.scope_out", "is excluded by scope.out; leave it, or amend the spec"),
    ROOT(
        "scope.reject.root_not_allowed",
        "lies at the root and is not named; add it to scope.in, scope.support or root_passthrough"),
    MISSED(
        "scope.reject.scope_in_miss",
        "is not covered by scope.in or scope.support; leave it, or amend the spec");

    final String rule;
    final String message;

    Placement(String rule, String message) {
      this.rule = rule;
      this.message = message;
    }
  }

  Placement decide(String path, List<Glob> zones, Set<String> rootPassthrough) {
    if (isGoverned(path)) {
      return Placement.GOVERNED;
    }
    for (int i = 0; i < out.size(); i++) {
      if (out.get(i).coversIgnoringCase(path)) {
        return Placement.OUT;
      }
    }
    if (matches(zones, path) || matches(in, path) || matches(support, path)) {
      return Placement.ADMITTED;
    }
    if (path.indexOf('/') >= 0) {
      return Placement.MISSED;
    }
    return rootPassthrough.contains(path) ? Placement.ADMITTED : Placement.ROOT;
  }

  private static boolean matches(List<Glob> globs, String path) {
    for (int i = 0; i < globs.size(); i++) {
      if (globs.get(i).matches(path)) {
        return true;
      }
    }
    return false;
  }

  private boolean isGoverned(String path) {
    int dot = path.indexOf('.');
    while (dot >= 0) {
      boolean startsSegment = dot == 0 || path.charAt(dot - 1) == '/';
      if (startsSegment && isSegment(path, dot, ".git")) {
        return true;
      }
      if (startsSegment && isSegment(path, dot, ".caws") && !isNamed(path)) {
        return true;
      }
      dot = path.indexOf('.', dot + 1);
    }
    return path.regionMatches(true, 0, "git~", 0, 4);
  }

  private static boolean isSegment(String path, int from, String name) {
    int end = from + name.length();
    return path.regionMatches(true, from, name, 0, name.length())
        && (path.length() == end || path.charAt(end) == '/');
  }

  /** Whether scope.in names this path or a folder around it, itself below a .caws folder. */
  private boolean isNamed(String path) {
    for (Glob glob : in) {
      if (glob.text().contains(".caws/") && !Glob.isGlob(glob.text()) && glob.matches(path)) {
        return true;
      }
    }
    return false;
  }
}
