/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which answers are the same. Immutable; as thread-safe as the functions it is made of.
 *
 * <p>An exception of such a function reaches the caller of {@link Ballot#decide}.
 */
public final class Equivalence {
  private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");
  /* Signs that change a meaning stay: -5, .5, 5 %, n!, C++. */
  private static final String AT_BEGIN = "\"'`*_ ";
  private static final String AT_END = ".,;:\"'`*_ ";
  private static final Pattern BRACKETS = Pattern.compile("^[(\\[{]([^()\\[\\]{}]*)[)\\]}]$");
  /* Begins only where blanks do; else it would begin anew at each of a megabyte of them. */
  private static final Pattern BLANK_END = Pattern.compile("(?<![ \t])[ \t]++(?=\n|$)");
  private static final Pattern NOISE = Pattern.compile("(?m)^(index |@@|diff |similarity ).*$");

  private final @Nullable Function<Reply, String> key;
  private final BiPredicate<Reply, Reply> same;

  private Equivalence(@Nullable Function<Reply, String> key, BiPredicate<Reply, Reply> same) {
    this.key = key;
    this.same = same;
  }

  /** {@return answers are the same if their texts are equal to the last character} */
  public static Equivalence exact() {
    return by(Reply::text);
  }

  /**
   * {@return answers are the same but for capitals, blanks, Unicode's compatible forms, quotes, a
   * pair of brackets around, and a full stop, comma or colon at the end}
   */
  public static Equivalence normalised() {
    return by(reply -> normal(reply.text()));
  }

  /**
   * {@return answers are the same if they have the same key}
   *
   * @param key such as the number that a text ends with
   */
  public static Equivalence by(Function<Reply, String> key) {
    return new Equivalence(key, (one, other) -> key.apply(one).equals(key.apply(other)));
  }

  /**
   * {@return answers are the same if a function of the host says so} An answer is compared with the
   * first of each group, in the order of the agents' ids, so that the groups do not depend on who
   * answered first.
   *
   * @param same need not be transitive
   */
  public static Equivalence of(BiPredicate<Reply, Reply> same) {
    return new Equivalence(null, same);
  }

  /**
   * {@return work is the same if it makes the same change} The order of files, places in them, and
   * blanks at line ends do not count. Work without a diff is the same only if its files, counts of
   * lines and output are.
   *
   * @param diff the change of a report as unified diff, empty if there is none
   */
  public static Equivalence sameChange(Function<WorkReport, String> diff) {
    return by(
        reply -> {
          String text = diff.apply(reply.work());
          return text.isBlank() ? changes(reply.work()) : change(text);
        });
  }

  private static String change(String diff) {
    String plain = BLANK_END.matcher(diff.replace("\r\n", "\n")).replaceAll("");
    String[] files = plain.split("(?m)^(?=diff )", -1);
    return Arrays.stream(files)
        .map(file -> NOISE.matcher(file).replaceAll("").strip())
        .filter(file -> !file.isEmpty())
        .sorted()
        .collect(Collectors.joining("\n\0"));
  }

  private static String changes(WorkReport work) {
    return work.changes().stream()
            .sorted(Comparator.comparing(FileChange::path))
            .map(FileChange::toString)
            .collect(Collectors.joining("\n"))
        + '\0'
        + normal(work.output());
  }

  private static String normal(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    String spaced = SPACE.matcher(plain).replaceAll(" ").strip();
    String bare = bare(spaced);
    String inner = BRACKETS.matcher(bare).replaceFirst("$1").strip();
    return inner.isEmpty() ? spaced : inner;
  }

  /* By hand: a pattern for the end begins anew at each full stop of a megabyte of them. */
  private static String bare(String text) {
    int from = 0;
    while (from < text.length() && AT_BEGIN.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    int to = text.length();
    while (to > from && AT_END.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  /**
   * Numbers the groups of the same answer, from 0, in the order of their first members.
   *
   * @param options the answers that are numbered before all others
   * @return for each reply its group, -1 for an abstention
   */
  int[] groups(Reply[] replies, List<Reply> options) {
    int[] groups = new int[replies.length];
    if (key != null) {
      Map<String, Integer> known = new HashMap<>();
      options.forEach(option -> known.put(key.apply(option), known.size()));
      for (int i = 0; i < replies.length; i++) {
        if (replies[i].abstained()) {
          groups[i] = -1;
        } else {
          Integer group = known.putIfAbsent(key.apply(replies[i]), known.size());
          groups[i] = group == null ? known.size() - 1 : group;
        }
      }
      return groups;
    }
    Reply[] firsts = Arrays.copyOf(options.toArray(new Reply[0]), options.size() + replies.length);
    int count = options.size();
    for (int i = 0; i < replies.length; i++) {
      groups[i] = -1;
      if (!replies[i].abstained()) {
        int group = 0;
        while (group < count && !same.test(firsts[group], replies[i])) {
          group++;
        }
        if (group == count) {
          firsts[count++] = replies[i];
        }
        groups[i] = group;
      }
    }
    return groups;
  }
}
