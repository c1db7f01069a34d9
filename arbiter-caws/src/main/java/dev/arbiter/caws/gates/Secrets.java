/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what looks like a secret in a line: by its own form, by the name before it, or by the form
 * of what is around it. Linear in the line.
 */
final class Secrets {
  private static final int LONGEST_LINE = 100_000;

  /** A pattern is asked only where one of its words is in the line. */
  private record Kind(Pattern pattern, List<String> words) {
    boolean isIn(String line) {
      return words.stream().anyMatch(line::contains) && pattern.matcher(line).find();
    }
  }

  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    kind("private key", "-----BEGIN [A-Z0-9 _-]*PRIVATE KEY( BLOCK)?-----", "PRIVATE KEY");
    kind(
        "JSON web token",
        "\\bey[A-Za-z0-9_-]{15,}\\.ey[A-Za-z0-9_/\\\\-]{10,}\\.[A-Za-z0-9_/\\\\-]*",
        ".ey");
    kind("password in a URL", "[A-Za-z][A-Za-z0-9+.-]*://[^/\\s:@]*:[^/\\s:@${<]{3,}@", "://");
    kind(
        "webhook URL",
        "hooks\\.slack\\.com/(services|workflows|triggers)/[A-Za-z0-9+/]{20,}"
            + "|\\.webhook\\.office\\.com/webhookb2/[A-Za-z0-9@-]{30,}"
            + "|discord(app)?\\.com/api/webhooks/[0-9]{10,}/[A-Za-z0-9_-]{30,}",
        "hooks.slack.com",
        "webhook.office.com",
        "/api/webhooks/");
    kind("Azure secret", "[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}", "Q~");
    kind("Terraform token", "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,}", ".atlasv1.");
    kind("Telegram token", "\\b[0-9]{5,16}:A[A-Za-z0-9_-]{34}", ":A");
    kind("Facebook token", "\\b[0-9]{15,16}(\\||%7C)[0-9A-Za-z_-]{27,40}", "|", "%7C");
    kind("MaxMind key", "\\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\\b", "_mmk");
    kind("Mailchimp key", "\\b[a-f0-9]{32}-us[0-9]{1,2}\\b", "-us");
    kind("Azure storage key", "AccountKey=[A-Za-z0-9+/]{40,}={0,2}", "AccountKey=");
    kind(
        "password of curl",
        "\\bcurl\\b.*\\s(-u|--user)[\\s=]*[\"']?[^\\s:\"'$]+:[^\\s:\"'$]{3,}",
        "curl");
    kind(
        "key of a client",
        "\\.[A-Za-z0-9]{4,6}\\.acc[_-][A-Za-z0-9-]{10,32}\\.[\\w+/=-]{30,}",
        ".acc");
  }

  private Secrets() {}

  private static void kind(String name, String regex, String... words) {
    KINDS.put(name, new Kind(Pattern.compile(regex), List.of(words)));
  }

  /**
   * What a line of a file seems to hold, empty when nothing; a long line is looked at in pieces.
   */
  static String kind(String path, String line) {
    if (PasswordFile.isSecret(path, line)) {
      return "password in a file of passwords";
    }
    for (int from = 0; from < line.length(); from += LONGEST_LINE / 2) {
      String piece = line.substring(from, Math.min(line.length(), from + LONGEST_LINE));
      for (Map.Entry<String, Kind> kind : KINDS.entrySet()) {
        if (kind.getValue().isIn(piece)) {
          return kind.getKey();
        }
      }
      String shape = TokenShapes.kind(piece);
      if (!shape.isEmpty()) {
        return shape;
      }
      if (new NamedSecrets(path, piece).found()) {
        return "secret in an assignment";
      }
    }
    return "";
  }
}
