/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import java.util.ArrayList;
import java.util.List;

/** What a glob covers, by a table over segments and characters: slow and plain. */
final class GlobDefinition {
  private final List<String> globs = new ArrayList<>();
  private final String[] path;

  GlobDefinition(String pattern, String path) {
    for (String segment : pattern.split("/", -1)) {
      if (!segment.isEmpty() && !segment.equals(".")) {
        globs.add(segment);
      }
    }
    if (pattern.endsWith("/")) {
      globs.add("**");
    }
    this.path = path.split("/", -1);
  }

  boolean covers() {
    boolean[][] table = new boolean[globs.size() + 1][path.length + 1];
    table[globs.size()][path.length] = true;
    for (int g = globs.size() - 1; g >= 0; g--) {
      boolean last = globs.subList(g, globs.size()).stream().allMatch("**"::equals);
      for (int p = path.length; p >= 0; p--) {
        if (globs.get(g).equals("**")) {
          table[g][p] =
              last ? p < path.length : table[g + 1][p] || (p < path.length && table[g][p + 1]);
        } else {
          table[g][p] = p < path.length && segment(globs.get(g), path[p]) && table[g + 1][p + 1];
        }
      }
    }
    return table[0][0];
  }

  private static boolean segment(String glob, String text) {
    boolean[][] table = new boolean[glob.length() + 1][text.length() + 1];
    table[glob.length()][text.length()] = true;
    for (int g = glob.length() - 1; g >= 0; g--) {
      for (int t = text.length(); t >= 0; t--) {
        char c = glob.charAt(g);
        table[g][t] =
            c == '*'
                ? table[g + 1][t] || (t < text.length() && table[g][t + 1])
                : t < text.length() && (c == '?' || c == text.charAt(t)) && table[g + 1][t + 1];
      }
    }
    return table[0][0];
  }
}
