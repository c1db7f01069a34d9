/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.arbiter.internal.Library;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rules for secrets from a TOML file in the form of gitleaks 8: {@code [[rules]]} with {@code id},
 * {@code regex}, {@code path}, {@code keywords}, {@code entropy}, {@code secretGroup} and {@code
 * allowlists}, and global {@code allowlists}.
 *
 * <p>Patterns are of RE2, as in gitleaks, and take time in proportion to the text. {@code extend}
 * is not followed: the built-in forms are looked for beside these rules, other files are read by
 * themselves.
 */
final class SecretRules implements FileGate.Finder {
  private static final long LARGEST = 4L << 20;
  private static final int MOST_FOUND = 1_000;
  private static final int LONGEST_LINE = 1_000;

  private final List<Rule> rules;
  private final Allowed allowed;

  private SecretRules(List<Rule> rules, Allowed allowed) {
    this.rules = rules;
    this.allowed = allowed;
  }

  /** What is no secret although a rule fits. */
  private record Allowed(List<Part> parts) {
    record Part(
        boolean all,
        String target,
        List<Pattern> paths,
        List<Pattern> regexes,
        List<String> words) {}

    boolean allows(String path, String secret, String match, String line) {
      for (Part part : parts) {
        String target =
            part.target.equals("line") ? line : part.target.equals("match") ? match : secret;
        String small = secret.toLowerCase(Locale.ROOT);
        boolean pathFits = fits(part.paths, path);
        boolean textFits = fits(part.regexes, target);
        boolean wordFits = part.words.stream().anyMatch(small::contains);
        boolean fits =
            part.all
                ? (part.paths.isEmpty() || pathFits)
                    && (part.regexes.isEmpty() || textFits)
                    && (part.words.isEmpty() || wordFits)
                : pathFits || textFits || wordFits;
        if (fits) {
          return true;
        }
      }
      return false;
    }

    private static boolean fits(List<Pattern> patterns, String text) {
      return patterns.stream().anyMatch(pattern -> pattern.matcher(text).find());
    }
  }

  private record Rule(
      String id,
      Pattern regex,
      Pattern path,
      List<String> keywords,
      double entropy,
      int group,
      Allowed allowed) {}

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is no such file; the message names the rule
   */
  static SecretRules read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
      throw new IllegalArgumentException(file + " is no file of at most " + LARGEST + " bytes");
    }
    Library.JACKSON_CORE.require(SecretRules.class);
    Library.JACKSON_DATABIND.require(SecretRules.class);
    Library.JACKSON_TOML.require(SecretRules.class);
    JsonNode root;
    try {
      String text = Files.readString(file).replace("\r\n", "\n"); // a pattern may hold line ends
      root = new TomlMapper().readTree(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 text; save it as UTF-8", e);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          file + " is no TOML, at line " + line + ": " + e.getOriginalMessage(), e);
    }
    List<Rule> rules = new ArrayList<>();
    for (JsonNode rule : root.path("rules")) {
      try {
        rules.add(rule(rule));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
    }
    if (rules.isEmpty()) {
      throw new IllegalArgumentException(file + " has no [[rules]]; give at least one");
    }
    return new SecretRules(List.copyOf(rules), allowed("the file", root));
  }

  private static Rule rule(JsonNode rule) {
    String id = rule.path("id").asText("");
    String regex = rule.path("regex").asText("");
    String path = rule.path("path").asText("");
    if (id.isEmpty() || (regex.isEmpty() && path.isEmpty())) {
      throw new IllegalArgumentException(
          "a rule needs an id, and a regex or a path, got id '" + id + "'");
    }
    List<String> keywords = new ArrayList<>();
    rule.path("keywords").forEach(word -> keywords.add(word.asText().toLowerCase(Locale.ROOT)));
    return new Rule(
        id,
        pattern(id, regex),
        pattern(id, path),
        List.copyOf(keywords),
        rule.path("entropy").asDouble(0),
        rule.path("secretGroup").asInt(0),
        allowed("rule '" + id + "'", rule));
  }

  private static Pattern pattern(String owner, String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(owner + " has a pattern that is not of RE2: " + regex, e);
    }
  }

  private static Allowed allowed(String owner, JsonNode of) {
    List<JsonNode> lists = new ArrayList<>();
    of.path("allowlists").forEach(lists::add);
    if (of.path("allowlist").isObject()) {
      lists.add(of.path("allowlist"));
    }
    List<Allowed.Part> parts = new ArrayList<>();
    for (JsonNode list : lists) {
      List<String> words = new ArrayList<>();
      list.path("stopwords").forEach(word -> words.add(word.asText().toLowerCase(Locale.ROOT)));
      parts.add(
          new Allowed.Part(
              list.path("condition").asText("OR").matches("(?i)and|&&"),
              list.path("regexTarget").asText("secret"),
              patterns(owner, list.path("paths")),
              patterns(owner, list.path("regexes")),
              words));
    }
    return new Allowed(parts);
  }

  private static List<Pattern> patterns(String owner, JsonNode texts) {
    List<Pattern> patterns = new ArrayList<>();
    texts.forEach(text -> patterns.add(pattern(owner, text.asText())));
    return patterns;
  }

  @Override
  public void find(String path, String text, List<String> found) {
    String small = text.toLowerCase(Locale.ROOT);
    for (Rule rule : rules) {
      boolean asked = rule.keywords.isEmpty() || rule.keywords.stream().anyMatch(small::contains);
      if (asked && rule.path.matcher(path).find()) {
        find(rule, path, text, found);
      }
    }
  }

  private void find(Rule rule, String path, String text, List<String> found) {
    Matcher matcher = rule.regex.matcher(text);
    int counted = 0;
    long number = 1;
    while (found.size() < MOST_FOUND && matcher.find()) {
      String secret = secret(rule, matcher);
      if (rule.entropy == 0 || entropy(secret) > rule.entropy) {
        int start = matcher.start();
        number += text.substring(counted, start).chars().filter(c -> c == '\n').count();
        counted = start;
        String line = lineAt(text, start);
        boolean kept =
            !rule.allowed.allows(path, secret, matcher.group(), line)
                && !allowed.allows(path, secret, matcher.group(), line);
        if (kept) {
          found.add(path + ":" + number + " " + rule.id);
        }
      }
      if (rule.regex.pattern().isEmpty()) {
        return; // a rule of a path alone
      }
    }
  }

  /** The named group, or the first that holds something, or all. */
  private static String secret(Rule rule, Matcher matcher) {
    if (rule.group > 0 && rule.group <= matcher.groupCount()) {
      String group = matcher.group(rule.group);
      return group == null ? "" : group;
    }
    for (int i = 1; i <= matcher.groupCount(); i++) {
      String group = matcher.group(i);
      if (group != null && !group.isEmpty()) {
        return group;
      }
    }
    return matcher.group();
  }

  /** The line around a place, at most so much on both sides. */
  private static String lineAt(String text, int at) {
    String before = text.substring(Math.max(0, at - LONGEST_LINE), at);
    String after = text.substring(at, Math.min(text.length(), at + LONGEST_LINE));
    int end = after.indexOf('\n');
    return before.substring(before.lastIndexOf('\n') + 1)
        + (end < 0 ? after : after.substring(0, end));
  }

  /** Shannon's, in bits a character. */
  static double entropy(String text) {
    double bits = 0;
    int[] counts = new int[256];
    text.chars().forEach(c -> counts[c & 0xff]++);
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / text.length();
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }
}
