/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The form in which names of people and agents are compared, so that one of them cannot pass for
 * two.
 *
 * <p>Two names are the same if they look alike: capitals, letters of other scripts with the same
 * shape (the skeletons of Unicode Technical Standard 39), invisible characters, blanks around, and
 * {@code @} before do not count. Names that look alike and belong to two people count as one; give
 * them different names.
 */
public final class Identity {
  /*
   * The table maps a character to the characters it looks like. IdentityTest makes it from the
   * data of ICU4J and compares; ICU4J itself has 14 MB.
   */
  private static final Map<Integer, String> LOOKS_LIKE = read();

  private static final int MOST_ROUNDS = 8;
  private static final int LONGEST = 1_000; // longer names that begin alike are one

  private Identity() {}

  private static Map<Integer, String> read() {
    Map<Integer, String> table = new HashMap<>();
    try (InputStream in = Identity.class.getResourceAsStream("looks-like.txt")) {
      if (in == null) {
        throw new IllegalStateException("looks-like.txt is not beside Identity.class");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line -> {
                int tab = line.indexOf('\t');
                table.put(Integer.parseInt(line.substring(0, tab), 16), line.substring(tab + 1));
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(table);
  }

  /**
   * The form of a name.
   *
   * @param name of a person or an agent
   * @return equal for names that look alike; empty for a name of which nothing is seen
   */
  public static String of(String name) {
    String form = once(name.length() <= LONGEST ? name : name.substring(0, LONGEST));
    String next = once(form);
    for (int i = 0; i < MOST_ROUNDS && !next.equals(form); i++) { // a shape may be a letter too
      form = next;
      next = once(form);
    }
    return form;
  }

  /**
   * Compares two names.
   *
   * @param one a name
   * @param other another
   * @return whether they look alike
   */
  public static boolean isSame(String one, String other) {
    return one.equals(other) || of(one).equals(of(other));
  }

  private static String once(String name) {
    String seen = lower(visible(Normalizer.normalize(name, Normalizer.Form.NFKC))).strip();
    while (seen.startsWith("@")) {
      seen = seen.substring(1).strip();
    }
    return skeleton(lower(skeleton(seen)));
  }

  private static String lower(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints().filter(Identity::isVisible).forEach(visible::appendCodePoint);
    return visible.toString();
  }

  private static boolean isVisible(int point) {
    int type = Character.getType(point);
    boolean filler = point == 0x2800 || point == 0x115f || point == 0x1160; // NFKC makes no other
    boolean variation =
        (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef);
    return type != Character.FORMAT
        && type != Character.CONTROL
        && type != Character.UNASSIGNED
        && point != 0x34f
        && point != 0x17b4
        && point != 0x17b5
        && !filler
        && !variation;
  }

  /** As UTS 39 makes it: decomposed, each character by what it looks like, decomposed again. */
  static String skeleton(String text) {
    StringBuilder skeleton = new StringBuilder(text.length());
    Normalizer.normalize(text, Normalizer.Form.NFD)
        .codePoints()
        .forEach(
            point -> {
              String shape = LOOKS_LIKE.get(point);
              if (shape == null) {
                skeleton.appendCodePoint(point);
              } else {
                skeleton.append(shape);
              }
            });
    return Normalizer.normalize(skeleton, Normalizer.Form.NFD);
  }
}
