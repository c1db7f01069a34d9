/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Sanitizer;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One pattern of a scope: a glob, or a path that covers everything below it.
 *
 * <p>In a glob {@code *} matches any characters within one segment, {@code ?} matches one, and
 * {@code **} as a whole segment matches any number of segments. A glob that ends in a slash covers
 * everything below. All else is literal, brackets too, because frameworks name folders {@code
 * [slug]}, and braces without a comma, because files are called {@code {id}}. {@link #expand}
 * writes out braces.
 */
public final class Glob {
  /*
   * Linear in the path. Segments are matched with one restart point (the last '**'), characters
   * within a segment with one (the last '*'): with a single kind of wildcard at each level, going
   * back further than the last one never helps. Each segment of the pattern meets each segment of
   * the path at most once, so the work is at most |pattern| x |path|.
   */
  static final int LONGEST = 512;
  private static final int MOST_ALTERNATIVES = 64;

  private final String text;
  private final String @Nullable [] segments;

  private Glob(String text, String @Nullable [] segments) {
    this.text = text;
    this.segments = segments;
  }

  /** Whether a pattern has a wildcard. */
  public static boolean isGlob(String pattern) {
    return pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0;
  }

  /** Whether a pattern, its braces written out, has no segment that could miss a file. */
  static boolean isEverything(String pattern) {
    try {
      return expand(pattern.strip()).stream()
          .anyMatch(one -> Stream.of(one.split("/", -1)).allMatch(Glob::isAnything));
    } catch (Unreadable e) {
      return false; // and so it is refused as no pattern
    }
  }

  private static boolean isAnything(String segment) {
    return segment.isEmpty()
        || segment.equals(".")
        || (segment.indexOf('*') >= 0 && segment.replace('?', '*').replace("*", "").isEmpty());
  }

  /**
   * Makes a pattern without braces.
   *
   * @throws Unreadable if it is no relative path
   */
  public static Glob of(String raw) throws Unreadable {
    String pattern = Sanitizer.isPlain(raw) ? raw : Normalizer.normalize(raw, Normalizer.Form.NFC);
    if (pattern.length() > LONGEST) {
      throw tooLong();
    }
    boolean below = pattern.endsWith("/");
    String wild = pattern.replace('*', 'x').replace('?', 'x');
    Pathname shape = Pathname.of(wild);
    if (!shape.isValid()) {
      throw new Unreadable(
          "pattern", "pattern '" + Sanitizer.text(pattern, 120) + "' " + shape.problem());
    }
    if (!isGlob(pattern)) {
      return new Glob(shape.path(), null);
    }
    List<String> segments = new ArrayList<>();
    for (String segment : pattern.split("/", -1)) {
      if (segment.equals("..")) {
        throw new Unreadable("pattern", "pattern must not hold '..' beside a wildcard");
      }
      boolean again = segment.equals("**") && endsWith(segments, "**");
      if (!segment.isEmpty() && !segment.equals(".") && !again) {
        segments.add(segment);
      }
    }
    if (below && !endsWith(segments, "**")) {
      segments.add("**");
    }
    return new Glob(pattern, segments.toArray(String[]::new));
  }

  private static Unreadable tooLong() {
    return new Unreadable("pattern", "pattern has more than " + LONGEST + " characters");
  }

  private static boolean endsWith(List<String> segments, String last) {
    return !segments.isEmpty() && segments.get(segments.size() - 1).equals(last);
  }

  /**
   * Writes out braces: {@code a.{ts,tsx}} becomes two patterns. Braces without a comma of their own
   * stay, and so does a brace without its other.
   */
  public static List<String> expand(String pattern) throws Unreadable {
    if (pattern.length() > LONGEST * MOST_ALTERNATIVES) {
      throw tooLong();
    }
    List<String> done = new ArrayList<>();
    List<String> todo = new ArrayList<>(List.of(pattern));
    while (!todo.isEmpty()) {
      String next = todo.remove(todo.size() - 1);
      List<Integer> marks = choice(next);
      if (marks.isEmpty()) {
        done.add(next);
      }
      for (int i = 1; i < marks.size(); i++) {
        String start = next.substring(0, marks.get(0));
        String end = next.substring(marks.get(marks.size() - 1) + 1);
        todo.add(start + next.substring(marks.get(i - 1) + 1, marks.get(i)) + end);
      }
      if (done.size() + todo.size() > MOST_ALTERNATIVES) {
        throw new Unreadable(
            "pattern", "pattern has more than " + MOST_ALTERNATIVES + " alternatives; split it");
      }
    }
    return done;
  }

  /** The first braces with a comma: where they open, their commas, and where they close. */
  private static List<Integer> choice(String pattern) {
    List<Integer> first = List.of();
    Deque<List<Integer>> open = new ArrayDeque<>();
    for (int at = 0; at < pattern.length(); at++) {
      char c = pattern.charAt(at);
      if (c == '{') {
        open.push(new ArrayList<>(List.of(at)));
      } else if (c == ',' && !open.isEmpty()) {
        open.element().add(at);
      } else if (c == '}' && !open.isEmpty()) {
        List<Integer> closed = open.pop();
        closed.add(at);
        boolean isFirst = first.isEmpty() || closed.get(0) < first.get(0);
        first = closed.size() > 2 && isFirst ? closed : first;
      }
    }
    return first;
  }

  String text() {
    return text;
  }

  /** Whether the pattern covers a path in normal form; time in proportion to pattern times path. */
  public boolean matches(String path) {
    String[] globs = segments;
    return globs == null ? covers(text, path, false) : matchSegments(globs, path);
  }

  /** As {@link #matches}, for a pattern without wildcards, and blind to case. */
  boolean coversIgnoringCase(String path) {
    return covers(text, path, true);
  }

  private static boolean covers(String folder, String path, boolean ignoreCase) {
    int end = folder.length();
    return path.regionMatches(ignoreCase, 0, folder, 0, end)
        && (path.length() == end || path.charAt(end) == '/');
  }

  private static boolean matchSegments(String[] globs, String path) {
    int glob = 0;
    int at = 0;
    int restartGlob = -1;
    int restartAt = 0;
    int length = path.length();
    while (at <= length) {
      if (glob < globs.length && globs[glob].equals("**")) {
        restartGlob = ++glob;
        restartAt = at;
        if (glob == globs.length) {
          return at < length;
        }
        continue;
      }
      int end = endOfSegment(path, at);
      if (glob < globs.length && matchSegment(globs[glob], path, at, end)) {
        glob++;
        at = end + 1;
        if (at > length && glob == globs.length) {
          return true;
        }
      } else if (restartGlob < 0) {
        return false;
      } else {
        glob = restartGlob;
        restartAt = endOfSegment(path, restartAt) + 1;
        at = restartAt;
      }
    }
    return false;
  }

  private static int endOfSegment(String path, int from) {
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  private static boolean matchSegment(String glob, String path, int from, int to) {
    int at = from;
    int g = 0;
    int restartGlob = -1;
    int restartAt = 0;
    while (at < to) {
      char wanted = g < glob.length() ? glob.charAt(g) : 0;
      if (wanted == '*') {
        restartGlob = ++g;
        restartAt = at;
      } else if (wanted != 0 && (wanted == '?' || wanted == path.charAt(at))) {
        g++;
        at++;
      } else if (restartGlob >= 0) {
        g = restartGlob;
        at = ++restartAt;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }
}
