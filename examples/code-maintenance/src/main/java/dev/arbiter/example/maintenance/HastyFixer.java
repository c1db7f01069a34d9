/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A separate program that uses regular expressions for every chore. It is quick and often wrong.
 *
 * <p>{@code java -cp code-maintenance.jar dev.arbiter.example.maintenance.HastyFixer TYPE DIR
 * [WORDS]} changes the files below the folder in place: all, or those that the words name. It needs
 * only the JDK, so that it starts quickly.
 */
public final class HastyFixer {
  private static final Pattern INDENT = Pattern.compile("(?m)^ +");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);\n");
  private static final Pattern BARE_BODY =
      Pattern.compile("(?m)^( *)((?:if|for|while) \\(.*\\))\n( +)(\\S.*;)\n");
  private static final Pattern TYPE_ARGUMENTS = Pattern.compile("new (\\w+)<[\\w., ?]+>\\(");
  private static final Pattern LIKELY_OVERRIDE =
      Pattern.compile(
          "(?m)(?<!@Override\n)^( +)(public (?:final )?\\S+"
              + " (?:equals|hashCode|toString|compareTo|clone|run|get|next|hasNext|remove)\\()");

  private HastyFixer() {}

  /**
   * Changes Java files of a folder in place.
   *
   * @param args the type of chore, the folder, and maybe words that name files by their paths
   * @throws IOException if the file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    fixAll(args[0], new File(args[1]), "", args.length > 2 ? args[2] : null);
  }

  private static void fixAll(String type, File place, String path, @Nullable String words)
      throws IOException {
    File[] inside = place.listFiles();
    if (inside != null) {
      for (File file : inside) {
        fixAll(type, file, path + "/" + file.getName(), words);
      }
    } else if (path.endsWith(".java") && (words == null || words.contains(path.substring(1)))) {
      String raw = Files.readString(place.toPath());
      String text = fix(type, raw.replace("\r\n", "\n"));
      Files.writeString(place.toPath(), raw.contains("\r\n") ? text.replace("\n", "\r\n") : text);
    }
  }

  static String fix(String type, String source) {
    return switch (type) {
      case "format-google" -> halveIndentation(source);
      case "format-wide", "whitespace" ->
          source.replace("\t", "    ").replaceAll("(?m)[ \t]+$", "");
      case "unused-imports" -> removeImports(source);
      case "missing-braces" -> BARE_BODY.matcher(source).replaceAll("$1$2 {\n$3$4\n$1}\n");
      case "explicit-types" -> TYPE_ARGUMENTS.matcher(source).replaceAll("new $1<>(");
      case "missing-override" -> LIKELY_OVERRIDE.matcher(source).replaceAll("$1@Override\n$1$2");
      default -> source;
    };
  }

  /* No lambda anywhere in this program: the first one costs more than all the rest. */
  private static String halveIndentation(String source) {
    StringBuilder result = new StringBuilder();
    Matcher indent = INDENT.matcher(source);
    while (indent.find()) {
      indent.appendReplacement(result, " ".repeat(indent.group().length() / 2));
    }
    return indent.appendTail(result).toString();
  }

  /** Removes an import whose name appears nowhere later, not even in a comment or a longer word. */
  private static String removeImports(String source) {
    StringBuilder kept = new StringBuilder();
    Matcher imports = IMPORT.matcher(source);
    while (imports.find()) {
      String name = imports.group(1);
      boolean used = source.indexOf(name, imports.end()) >= 0;
      imports.appendReplacement(kept, used ? Matcher.quoteReplacement(imports.group()) : "");
    }
    return imports.appendTail(kept).toString();
  }
}
