/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts small defects into clean files, so that there is something to repair: unused imports, blanks
 * at ends of lines, overriding methods without {@code @Override}, type arguments that could be
 * inferred, bodies without braces. The same seed makes the same defects at the same places.
 */
final class Defects {
  private static final Pattern OVERRIDE = Pattern.compile("(?m)^ +@Override\n");
  private static final Pattern DIAMOND = Pattern.compile("<([\\w., ?]+)> (\\w+) = new (\\w+)<>\\(");
  private static final Pattern BRACES =
      Pattern.compile("(?m)^( +)(if \\([^{}\n]*\\)) \\{\n( +[^{}\n/]*;)\n\\1\\}\n(?! *else)");
  private static final String[] IMPORTS = {
    "java.util.zip.Adler32",
    "java.util.zip.CRC32",
    "java.util.Stack",
    "java.io.Console",
    "java.util.StringTokenizer"
  };

  private final long seed;

  Defects(long seed) {
    this.seed = seed;
  }

  /** Files whose layout is changed as a whole get no other chore, so that chores do not collide. */
  static boolean isForLayout(String path) {
    return Math.floorMod(path.hashCode(), 5) < 2;
  }

  String seed(String path, String text) {
    if (isForLayout(path)) {
      return text;
    }
    SplittableRandom random = new SplittableRandom(seed ^ path.hashCode());
    String seeded = some(BRACES, text, random, 3, "$1$2\n$3\n");
    seeded = some(DIAMOND, seeded, random, 3, "<$1> $2 = new $3<$1>(");
    seeded = some(OVERRIDE, seeded, random, 2, "");
    return blanks(imports(seeded, random), random);
  }

  /** Replaces some of the matches of a pattern; {@code $1} is a match's first group. */
  private static String some(
      Pattern pattern, String text, SplittableRandom random, int most, String replacement) {
    List<MatchResult> found = new ArrayList<>(pattern.matcher(text).results().toList());
    while (found.size() > most) {
      found.remove(random.nextInt(found.size()));
    }
    StringBuilder result = new StringBuilder();
    int at = 0;
    for (MatchResult match : found) {
      String replaced = pattern.matcher(match.group()).replaceFirst(replacement);
      result.append(text, at, match.start()).append(replaced);
      at = match.end();
    }
    return result.append(text, at, text.length()).toString();
  }

  private static String imports(String text, SplittableRandom random) {
    Matcher clause = Pattern.compile("(?m)^package [\\w.]+;\n\n").matcher(text);
    if (random.nextInt(3) == 0 || !clause.find()) {
      return text;
    }
    int first = random.nextInt(IMPORTS.length);
    String added =
        "import " + IMPORTS[first] + ";\nimport " + IMPORTS[(first + 2) % IMPORTS.length] + ";\n";
    return text.substring(0, clause.end()) + added + text.substring(clause.end());
  }

  private static String blanks(String text, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      return text;
    }
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < 4; i++) {
      int line = random.nextInt(lines.length - 1);
      lines[line] += random.nextBoolean() ? "  " : "\t";
    }
    return String.join("\n", lines);
  }
}
