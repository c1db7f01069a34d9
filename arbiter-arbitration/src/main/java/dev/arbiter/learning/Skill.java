/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Agent Skill ({@code SKILL.md}) that holds practices.
 *
 * @param name the name, as agentskills.io limits it
 * @param texts its practices by type of task
 */
record Skill(String name, Map<String, List<String>> texts) {
  static final String FILE = "SKILL.md";
  static final String PREFIX = "practices-";

  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_DESCRIPTION = 1_024;
  private static final int LONGEST_SLUG = 40;
  private static final int DIGITS = 8;
  private static final int MOST_ITEMS = 64;
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");
  private static final Pattern ITEM =
      Pattern.compile("\\s{0,3}(?:[-*+]|[0-9]{1,3}[.)])\\s+(\\S.*)");

  /** A name for a type of task: its letters, or those and a digest where letters are lost. */
  static String name(String type) {
    String slug = type.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    slug = slug.replaceAll("^-|-$", "");
    if (slug.equals(type) && slug.length() <= LONGEST_SLUG) {
      return PREFIX + slug;
    }
    slug = slug.substring(0, Math.min(slug.length(), LONGEST_SLUG)).replaceAll("-$", "");
    String digest = Digests.sha256Hex(type).substring(0, DIGITS);
    return PREFIX + (slug.isEmpty() ? digest : slug + '-' + digest);
  }

  /** Whether a text is a name of a skill. */
  static boolean isName(String name) {
    return name.length() <= LONGEST_NAME && NAME.matcher(name).matches();
  }

  /** The lines of the file that holds the practices of one type. */
  static List<String> render(String type, List<String> practices) {
    List<String> lines = new ArrayList<>();
    lines.add("---");
    lines.add("name: " + name(type));
    lines.add(
        "description: "
            + FrontMatter.quote(
                "Advice for tasks of type '"
                    + PracticeText.clean(type)
                    + "', shown to help by comparison. Use it when you work on such a task."));
    lines.add("---");
    lines.add("");
    lines.add("# Practices");
    lines.add("");
    lines.addAll(PracticeBlock.render(Map.of(type, practices)));
    return lines;
  }

  /**
   * Reads a skill that anyone may have written. One with a block of practices gives those; another
   * gives the items of its lists, outside of code.
   *
   * @param folder the name of its folder
   * @param lines the lines of the file
   * @param type the type of task for the items of lists
   * @throws IllegalArgumentException if it is no skill; the message says why
   */
  static Skill parse(String folder, List<String> lines, String type) {
    FrontMatter matter = FrontMatter.parse(lines);
    String name = matter.values().getOrDefault("name", "");
    String description = matter.values().getOrDefault("description", "");
    Require.that(isName(name), "its name is none of 1 to %s a-z, 0-9 and '-'", LONGEST_NAME);
    Require.that(name.equals(folder), "its name '%s' is not that of its folder", name);
    Require.that(
        !description.isBlank() && description.length() <= LONGEST_DESCRIPTION,
        "its description must have 1 to %s characters, got %s",
        LONGEST_DESCRIPTION,
        description.length());
    List<String> body = lines.subList(matter.body(), lines.size());
    return new Skill(
        name, PracticeBlock.isIn(body) ? PracticeBlock.parse(body) : Map.of(type, items(body)));
  }

  private static List<String> items(List<String> body) {
    List<String> items = new ArrayList<>();
    StringBuilder item = new StringBuilder();
    boolean isCode = false;
    for (String line : body) {
      Matcher begins = ITEM.matcher(line);
      boolean isFence = line.strip().startsWith("```") || line.strip().startsWith("~~~");
      boolean isMore = !isFence && !isCode && line.startsWith(" ") && !item.isEmpty();
      isCode ^= isFence;
      if (!isCode && !isFence && begins.matches()) {
        end(item, items);
        item.append(begins.group(1));
      } else if (isMore && !line.isBlank()) {
        item.append(' ').append(line.strip());
      } else {
        end(item, items);
      }
    }
    end(item, items);
    Require.that(!items.isEmpty(), "it has neither a block of practices nor a list");
    Require.that(items.size() <= MOST_ITEMS, "it has more than %s items of lists", MOST_ITEMS);
    return items;
  }

  private static void end(StringBuilder item, List<String> items) {
    if (!item.isEmpty() && items.size() <= MOST_ITEMS) {
      items.add(item.toString());
    }
    item.setLength(0);
  }
}
