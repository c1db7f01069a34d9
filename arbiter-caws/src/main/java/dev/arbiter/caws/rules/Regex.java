/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** A pattern whose matching takes time linear in the text, for any text (RE2). */
final class Regex {
  private final Pattern pattern;

  Regex(String regex) {
    try {
      this.pattern = Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'" + regex + "' is no RE2 pattern: " + e.getDescription(), e);
    }
  }

  boolean matches(String text) {
    return pattern.matcher(text).find();
  }

  /** The pattern. */
  @Override
  public String toString() {
    return "/" + pattern + "/";
  }
}
